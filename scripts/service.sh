# The service itself: its secret, its prepared files, its two processes.

manage() { "$PYTHON" manage.py "$@"; }

# The key that signs sessions: from the environment, or made once and kept in .data/secret-key.
secret_key() {
  if [ -z "${CHANOT_SECRET_KEY:-}" ]; then
    mkdir -p "$DATA"
    [ -s "$DATA/secret-key" ] ||
      (umask 077 && "$PYTHON" -c 'import secrets; print(secrets.token_urlsafe(48))' >"$DATA/secret-key")
    CHANOT_SECRET_KEY=$(cat "$DATA/secret-key")
  fi
  export CHANOT_SECRET_KEY
}

# newer_than STAMP PATTERN: was a file of this path, the settings or a library changed since?
newer_than() {
  for other in config/settings.py node_modules/.installed .venv/installed-requirements.txt; do
    [ -e "$1" ] && ! [ "$other" -nt "$1" ] || return 0
  done
  [ -n "$(find . \( -name .data -o -name .venv -o -name .git -o -name node_modules \) -prune -o \
    -type f -path "$2" -newer "$1" -print -quit)" ]
}

prepare_catalogues() {
  mkdir -p "$DATA/stamps"
  newer_than "$DATA/stamps/catalogues" '*.po' || return 0
  say "Compiling message catalogues"
  manage compile_catalogues >/dev/null || fail "The message catalogues could not be compiled; the message above says why."
  : >"$DATA/stamps/catalogues"
}

# Compile the message catalogues and collect the static files, when one has changed.
prepare_files() {
  prepare_catalogues
  newer_than "$DATA/stamps/static" '*/static/*' || return 0
  say "Collecting static files"
  manage collectstatic --noinput --clear -v0 || fail "The static files could not be collected; the message above says why."
  : >"$DATA/stamps/static"
}

web_server() {
  # Counters of all web processes are added up in files; those of the last run are of no use.
  PROMETHEUS_MULTIPROC_DIR=${PROMETHEUS_MULTIPROC_DIR:-"$DATA/metrics"}
  export PROMETHEUS_MULTIPROC_DIR
  rm -rf "$PROMETHEUS_MULTIPROC_DIR" && mkdir -p "$PROMETHEUS_MULTIPROC_DIR"
  exec "$PYTHON" -m granian --interface wsgi --no-ws --host "$HOST" --port "$PORT" \
    --workers "${WEB_WORKERS:-2}" --blocking-threads "${WEB_THREADS:-4}" \
    --respawn-failed-workers --workers-kill-timeout 15 config.wsgi:application
}

background_worker() {
  exec "$PYTHON" manage.py procrastinate worker --shutdown-graceful-timeout 10
}

# address: where a browser on this machine finds the service.
address() {
  case $HOST in
    0.0.0.0 | ::) printf 'http://127.0.0.1:%s/' "$PORT" ;;
    *:*) printf 'http://[%s]:%s/' "$HOST" "$PORT" ;;
    *) printf 'http://%s:%s/' "$HOST" "$PORT" ;;
  esac
}

port_is_free() {
  other=$("$PYTHON" scripts/server.py free "$HOST" "$PORT") ||
    fail "Another program already listens on $HOST:$PORT." "Use another port: PORT=$other ./run $command"
}

# start_process NAME COMMAND: ./run COMMAND in a session of its own, so that Ctrl-C and a closing
# terminal reach only this ./run, which then stops everything in order.
start_process() {
  mkdir -p "$DATA/log"
  started="$1 $started"
  setsid "$ROOT/run" "$2" </dev/null >"$DATA/log/$1.log" 2>&1 9>&- &
  echo $! >"$DATA/log/$1.pid"
}

is_running() { kill -0 "$(cat "$DATA/log/$1.pid")" 2>/dev/null; }

# stop_process NAME: end it and wait until it has ended; after 20 s without mercy.
stop_process() {
  pid=$(cat "$DATA/log/$1.pid" 2>/dev/null) || return 0
  # A process id is given to another program one day: only one that works here is ours.
  if [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$ROOT" ]; then
    kill "$pid" 2>/dev/null || :
    patience=200
    while kill -0 "$pid" 2>/dev/null && [ $patience -gt 0 ]; do
      sleep 0.1
      patience=$((patience - 1))
    done
    kill -s KILL -- "-$pid" 2>/dev/null || :
  fi
  rm -f "$DATA/log/$1.pid"
}
