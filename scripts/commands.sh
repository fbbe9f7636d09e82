# The commands of ./run, one function each.

command_help() {
  cat <<'TEXT'
Chanot: open land and tax-map service

  ./run demo [--reset] [--parcels N]   everything at once: a demo town, served on http://127.0.0.1:8000
                                       (HOST and PORT choose another address; Ctrl-C stops it;
                                       --reset starts over)
  ./run test [PYTEST ARGUMENTS]        all tests, on a throw-away database
  ./run lint                           style, types, layers, templates, settings
  ./run bench [NAME]                   measure against the limits
  ./run drill [NAME]                   rehearse a disaster; without a name, list the drills

  ./run serve                          the web server, on DATABASE_URL (settings: docs/operations/install.md)
  ./run worker                         the worker for background jobs, on DATABASE_URL
  ./run manage COMMAND …               manage.py, on DATABASE_URL or else the demo's database
  ./run psql [ARGUMENTS]               psql, on DATABASE_URL or else the demo's database

  ./run setup [test | files]           only install: system packages, Python and browser libraries
                                       (test: those of the tests too; files: compile catalogues,
                                       collect static files)
  ./run lock [--upgrade]               renew requirements.txt, requirements-dev.txt, package-lock.json
TEXT
}

HOST=${HOST:-127.0.0.1}
PORT=${PORT:-8000}

command_setup() {
  case ${1:-} in
    '')
      system_packages service
      python_libraries requirements.txt
      browser_libraries
      ;;
    test)
      system_packages service database test
      python_libraries requirements-dev.txt
      browser_libraries dev
      test_browser
      ;;
    files) prepare_service ;;
    *) fail "./run setup does not know \"$1\"." "./run setup [test | files]" ;;
  esac
}

prepare_service() {
  command_setup
  secret_key
  prepare_files
}

need_database_url() {
  [ -n "${DATABASE_URL:-}" ] ||
    fail "DATABASE_URL is not set: which database is to be used?" \
      "For instance DATABASE_URL=postgres://chanot@/chanot ./run $command, or ./run demo to try it out."
}

command_serve() {
  need_database_url
  prepare_service
  port_is_free
  web_server
}

command_worker() {
  need_database_url
  prepare_service
  background_worker
}

# With DATABASE_URL, that database; without, the demo's, whose cluster is started when it is down.
choose_database() {
  [ -z "${DATABASE_URL:-}" ] || return 0
  system_packages database
  cluster_locate demo
  if cluster_lock; then stop_afterwards; fi
  cluster_start
  database_prepare
}

command_manage() {
  command_setup
  secret_key
  choose_database
  manage "$@"
}

command_psql() {
  choose_database
  PATH="$PATH:${POSTGRES:-$(find_postgres || :)}"
  psql -d "$DATABASE_URL" "$@"
}

# Whatever happens, stop what was started.
stop_afterwards() {
  started=''
  trap 'stop_everything' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

stop_everything() {
  set +e
  trap '' HUP INT TERM
  for name in $started; do stop_process "$name"; done
  [ -z "${POSTGRES:-}" ] || ! cluster_is_running || cluster_stop
}

command_demo() {
  reset='' parcels=5000
  while [ $# -gt 0 ]; do
    case $1 in
      --reset) reset=yes ;;
      --parcels)
        parcels=${2:-}
        [ $# -lt 2 ] || shift
        ;;
      --parcels=*) parcels=${1#*=} ;;
      *) fail "./run demo does not know \"$1\"." "./run demo [--reset] [--parcels N]" ;;
    esac
    shift
  done
  case $parcels in '' | *[!0-9]*) fail "--parcels needs a number." "For instance --parcels 5000" ;; esac
  unset DATABASE_URL CHANOT_DATA_DIR CHANOT_STATIC_ROOT CHANOT_TEST_DATABASE
  demo_environment

  system_packages service database
  cluster_locate demo
  cluster_lock ||
    fail "The demo of this project already runs, or a ./run manage or psql uses its database." \
      "End that first (Ctrl-C in its terminal)."
  stop_afterwards
  # What is left over if the last run was killed:
  stop_process web
  stop_process worker
  [ -z "$reset" ] || demo_remove
  python_libraries requirements.txt
  browser_libraries
  port_is_free
  cluster_start
  database_prepare
  secret_key
  prepare_files
  demo_town
  demo_serve
}

# HTTP on this machine; the names under which it may be called.
demo_environment() {
  CHANOT_HTTPS=0 CHANOT_DEBUG=0
  CHANOT_HOSTS=${CHANOT_HOSTS:-"127.0.0.1 localhost [::1] $HOST $(uname -n) $(hostname -I 2>/dev/null || :)"}
  export CHANOT_HTTPS CHANOT_DEBUG CHANOT_HOSTS HOST PORT
}

demo_remove() {
  say "Starting over: removing the demo's database, files and accounts"
  cluster_remove
  rm -rf "$DATA/files" "$DATA/demo-accounts.txt"
}

# The database carries a note of how far its town is, so that a town half made is made anew.
demo_note() { "$POSTGRES/psql" -qAtX -c "$1"; }

demo_town() {
  note=$(demo_note "select shobj_description(oid, 'pg_database') from pg_database where datname = 'chanot'")
  case $note in
    'making the demo town')
      say "The last run was stopped while it made the demo town; starting over"
      "$POSTGRES/dropdb" -U postgres chanot && database_prepare
      ;;
    "demo town of "*)
      [ "$parcels" = 5000 ] || [ "$note" = "demo town of $parcels parcels" ] ||
        fail "There is a $note already." "To make one of $parcels: ./run demo --reset --parcels $parcels"
      ;;
  esac
  say "Bringing the database up to date"
  manage migrate -v0 || fail "The database could not be migrated; the message above says why." \
    "If it was made by another version: ./run demo --reset"
  case $note in "demo town of "*) return 0 ;; esac
  say "Making the demo town of $parcels parcels"
  demo_note "comment on database chanot is 'making the demo town'"
  (umask 077 && manage generate_demo --parcels "$parcels" --seed 2569 >"$DATA/demo-accounts.txt") ||
    fail "The demo town could not be made; the message above says why." "./run demo begins it anew."
  demo_note "comment on database chanot is 'demo town of $parcels parcels'"
}

demo_serve() {
  say "Starting the web server and the background worker (logs in .data/log/)"
  start_process web serve
  "$PYTHON" scripts/server.py wait "$(address)readyz" "$(cat "$DATA/log/web.pid")" 60 || {
    tail_of "$DATA/log/web.log"
    fail "The web server does not answer; the end of .data/log/web.log stands above."
  }
  start_process worker worker
  cat "$DATA/demo-accounts.txt"
  printf '\n    Chanot is ready: %s\n    Ctrl-C stops it.\n\n' "$(address)"
  while is_running web && is_running worker; do sleep 1; done
  is_running web && ended=worker || ended=web
  tail_of "$DATA/log/$ended.log"
  fail "The $ended process has ended; the end of .data/log/$ended.log stands above." "Start again: ./run demo"
}

# Tests may lose their database: it need not reach the disk.
THROW_AWAY='-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200
  -c shared_buffers=256MB -c max_wal_size=4GB -c autovacuum_naptime=10min'

throw_away_cluster() {
  cluster_locate test
  cluster_lock wait
  stop_afterwards
  cluster_start "$THROW_AWAY"
  PGUSER=postgres DATABASE_URL=postgres:///postgres
  export PGUSER DATABASE_URL
}

command_test() {
  unset CHANOT_DATA_DIR CHANOT_DEBUG CHANOT_HTTPS CHANOT_HOSTS CHANOT_SECRET_KEY
  command_setup test
  secret_key
  prepare_catalogues
  throw_away_cluster
  "$PYTHON" -m pytest -n auto --dist worksteal "$@"
}

# check NAME COMMAND…: run all of them, then say which failed.
check() {
  name=$1
  shift
  say "$name"
  "$@" || failed="$failed $name,"
}

command_lint() {
  command_setup test
  failed=''
  for file in run scripts/*.sh scripts/drills/*.sh .ci/run docker/*.sh; do check "shell: $file" sh -n "$file"; done
  check "ruff" "$PYTHON" -m ruff check .
  check "ruff format" "$PYTHON" -m ruff format --check .
  check "mypy" "$PYTHON" -m mypy
  check "import-linter" .venv/bin/lint-imports
  check "templates: format" "$PYTHON" -m djlint --profile=django --check --quiet ./*/templates
  check "templates: lint" "$PYTHON" -m djlint --profile=django --lint --quiet ./*/templates
  throw_away_cluster
  production_like
  check "migrations are complete" manage makemigrations --check --dry-run
  check "settings fit for production" manage check --deploy --fail-level WARNING
  [ -z "$failed" ] || fail "Not clean:${failed%,}."
  say "All clean."
}

production_like() {
  CHANOT_SECRET_KEY=$("$PYTHON" -c 'import secrets; print(secrets.token_urlsafe(48))')
  CHANOT_HTTPS=1 CHANOT_DEBUG=0 CHANOT_HOSTS=chanot.example
  export CHANOT_SECRET_KEY CHANOT_HTTPS CHANOT_DEBUG CHANOT_HOSTS
  unset CHANOT_TEST_DATABASE
}

# A cluster of its own that does write to disk, as the real one does.
private_cluster() {
  cluster_locate "$1"
  cluster_lock wait
  stop_afterwards
  cluster_start "${2:-}"
  database_prepare
}

command_bench() {
  command_setup
  system_packages database
  secret_key
  prepare_files
  private_cluster bench '-c shared_buffers=512MB -c max_wal_size=4GB -c maintenance_work_mem=256MB'
  "$PYTHON" -m bench "$@"
}

command_drill() {
  drill=${1:-}
  [ -n "$drill" ] || {
    sed -n 's/^# Drill /  .\/run drill /p' scripts/drills/*.sh
    return 0
  }
  [ -e "scripts/drills/$drill.sh" ] || fail "There is no drill \"$drill\"." "./run drill lists them."
  command_setup
  system_packages database
  secret_key
  private_cluster drill
  CHANOT_DATA_DIR="$DATA/drill-files" CHANOT_HTTPS=0 CHANOT_HOSTS=127.0.0.1
  export CHANOT_DATA_DIR CHANOT_HTTPS CHANOT_HOSTS
  . "scripts/drills/$drill.sh"
}

# A fresh small town to try disasters on.
drill_town() {
  "$POSTGRES/dropdb" -U postgres --if-exists --force chanot
  database_prepare
  say "Making a town for the drill"
  manage migrate -v0
  manage generate_demo --parcels 300 --seed 1 >/dev/null
}

command_lock() {
  uv=0.13.8
  python_libraries requirements.txt
  [ "$(cat "$DATA/lock/version" 2>/dev/null)" = "$uv" ] || {
    say "Installing uv $uv into .data/lock"
    "$(find_python)" -m venv --clear "$DATA/lock"
    "$DATA/lock/bin/python" -m pip install -q --disable-pip-version-check "uv==$uv"
    echo "$uv" >"$DATA/lock/version"
  }
  # Versions already written stay unless --upgrade or pyproject.toml moves them.
  say "Locking Python packages for 3.11 and newer"
  set -- "$@" -q --universal --python-version 3.11 --generate-hashes --no-header --annotation-style line
  "$DATA/lock/bin/uv" pip compile "$@" pyproject.toml -o requirements.txt
  "$DATA/lock/bin/uv" pip compile "$@" -c requirements.txt --group pyproject.toml:dev pyproject.toml \
    -o requirements-dev.txt
  # Ubuntu 22.04's Python is 3.11.0rc1, which its pip holds to be neither before nor after 3.12
  # when asked for the full version.
  sed -i "s/python_full_version \([<>]=*\) '\(3\.[0-9]*\)'/python_version \1 '\2'/" requirements*.txt
  say "Locking browser libraries"
  npm install --package-lock-only --ignore-scripts --no-fund --no-audit --loglevel=error >/dev/null
}
