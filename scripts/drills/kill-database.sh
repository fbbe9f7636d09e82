# Drill kill-database   the database dies without warning while people book; nothing promised is lost

HOST=127.0.0.1
PORT=$("$PYTHON" scripts/server.py free 127.0.0.1 8099 || :)
PORT=${PORT:-8099}
PROMETHEUS_MULTIPROC_DIR="$DATA/drill-metrics"
export HOST PORT PROMETHEUS_MULTIPROC_DIR
bookings() { "$PYTHON" scripts/drills/bookings.py "$1" "$(address)" "$DATA/drill-bookings.jsonl"; }
postmaster() { as_postgres head -n 1 "$CLUSTER/data/postmaster.pid"; }

drill_town
prepare_files
start_process drill-web serve
"$PYTHON" scripts/server.py wait "$(address)readyz" "$(cat "$DATA/log/drill-web.pid")" 60 || {
  tail_of "$DATA/log/drill-web.log"
  fail "The web server does not answer."
}

say "Booking without pause; after 5 s the database is killed"
rm -f "$DATA/drill-bookings.jsonl"
bookings book &
booking=$!
sleep 5
kill -9 "$(postmaster)"
say "Killed. Starting the database again; the web server is left as it is"
sleep 1
cluster_start
"$PYTHON" scripts/server.py wait "$(address)readyz" "$(cat "$DATA/log/drill-web.pid")" 30 ||
  fail "The web server did not find its database again."
say "The service answers again"
wait "$booking"
bookings check || fail "The drill failed: what it found stands above."
say "Drill passed."
