# System packages.  Only what is missing is installed; nothing is upgraded or configured.
# A purpose is one of: service (Python, text layout for PDF), database (PostgreSQL + PostGIS),
# test (browser, message and PDF tools).

release() { (. /etc/os-release 2>/dev/null && printf '%s-%s' "${ID:-unknown}" "${VERSION_ID:-}"); }

is_supported() {
  case $1 in debian-12 | debian-13 | ubuntu-22.04 | ubuntu-24.04) ;; *) return 1 ;; esac
}

# Ubuntu 22.04's own python3 is 3.10; it has 3.11 beside it.
python_package() { [ "$(release)" = ubuntu-22.04 ] && echo python3.11 || echo python3; }

# The interpreter to build the virtual environment with: 3.11 or newer, with venv.
find_python() {
  for candidate in python3 python3.13 python3.12 python3.11; do
    "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null &&
      { command -v "$candidate"; return 0; }
  done
  return 1
}

# The newest PostgreSQL whose PostGIS is installed too, or the one named: its folder of programs.
find_postgres() {
  for version in ${1:-$(ls /usr/lib/postgresql 2>/dev/null | sort -Vr)}; do
    [ -x "/usr/lib/postgresql/$version/bin/initdb" ] &&
      [ -e "/usr/share/postgresql/$version/extension/postgis.control" ] &&
      { echo "/usr/lib/postgresql/$version/bin"; return 0; }
  done
  return 1
}

find_browser() { command -v chromium || command -v google-chrome; }

has_library() { ldconfig -p 2>/dev/null | grep -q "$1"; }

missing_for_service() {
  find_python >/dev/null || echo "$(python_package) $(python_package)-venv"
  has_library libpangoft2-1.0.so.0 || echo libpango-1.0-0 libpangoft2-1.0-0
  # Ubuntu 22.04 ships this library inside libharfbuzz0b, which pango brings.
  has_library libharfbuzz-subset.so.0 || [ "$(release)" = ubuntu-22.04 ] || echo libharfbuzz-subset0
  has_library libexpat.so.1 || echo libexpat1
}

missing_for_database() { find_postgres >/dev/null || echo postgresql postgresql-postgis; }

missing_for_test() {
  # Ubuntu has Chromium as a snap only: there playwright fetches its own (test_browser).
  find_browser >/dev/null || case $(release) in ubuntu-*) ;; *) echo chromium ;; esac
  has_library libatomic.so.1 || echo libatomic1 # playwright's driver
  command -v msgfmt >/dev/null || echo gettext
  command -v pdftotext >/dev/null || echo poppler-utils
}

missing_packages() {
  for purpose in "$@"; do "missing_for_$purpose"; done | tr '\n' ' ' | sed 's/ *$//'
}

# system_packages PURPOSE…: install what these purposes lack.
system_packages() {
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  is_supported "$(release)" ||
    fail "System packages are missing, and $(release) is not a release this script knows: $missing" \
      "Known are Debian 12 and 13, Ubuntu 22.04 and 24.04. Elsewhere install by hand: Python 3.11+" \
      "with venv, PostgreSQL 14+ with PostGIS 3.2+, pango, harfbuzz-subset, expat; then start again."
  become_root "apt-get install --no-install-recommends $missing"
  enough_space / 1500
  say "Installing system packages: $missing"
  mkdir -p "$DATA/log"
  {
    quiet_apt update && without_debian_cluster quiet_apt install -y --no-install-recommends $missing
  } >"$DATA/log/apt.log" 2>&1 </dev/null || {
    tail_of "$DATA/log/apt.log"
    fail "apt-get could not install the packages; the end of .data/log/apt.log stands above." \
      "Is the network reachable and the disk not full? If another apt holds the lock, wait for its end." \
      "Then start again."
  }
}

quiet_apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
    -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 -qq "$@"
}

# Debian's PostgreSQL package makes and starts a server of its own on port 5432 when none is
# there.  We need its programs only, so ask it not to, for the time of this installation.
without_debian_cluster() {
  folder=/etc/postgresql-common/createcluster.d
  as_root mkdir -p "$folder"
  echo 'create_main_cluster = false' | as_root tee "$folder/chanot.conf" >/dev/null
  result=0
  "$@" || result=$?
  as_root rm -f "$folder/chanot.conf"
  as_root rmdir -p "$folder" 2>/dev/null || :
  return "$result"
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# become_root COMMAND: may this user act as root?  If not, say which command root should run.
become_root() {
  [ "$(id -u)" != 0 ] || return 0
  command -v sudo >/dev/null && sudo -v && return 0
  fail "System packages are missing, and $(id -un) may not install them (no sudo)." \
    "As root run: $1" "Then start again."
}

# enough_space FOLDER MEGABYTES
enough_space() {
  free=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
  [ "$free" -ge "$2" ] ||
    fail "$1 has $free MB free; this step needs about $2 MB." "Make room, then start again."
}
