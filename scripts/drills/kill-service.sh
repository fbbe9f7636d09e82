# Drill kill-service    worker and web server are killed at work; imports resume, bookings are kept

HOST=127.0.0.1
PORT=$("$PYTHON" scripts/server.py free 127.0.0.1 8098 || :)
PORT=${PORT:-8098}
PROMETHEUS_MULTIPROC_DIR="$DATA/drill-metrics" PYTHONPATH="$ROOT"
export HOST PORT PROMETHEUS_MULTIPROC_DIR PYTHONPATH
bookings() { "$PYTHON" scripts/drills/bookings.py "$1" "$(address)" "$DATA/drill-bookings.jsonl"; }
import_job() { "$PYTHON" scripts/drills/import_job.py "$@"; }
# start_process gives each its own session: the whole of it dies at once, without a word.
kill_process() { kill -s KILL -- "-$(cat "$DATA/log/$1.pid")"; }
web_answers() {
  "$PYTHON" scripts/server.py wait "$(address)readyz" "$(cat "$DATA/log/drill-web.pid")" 60 || {
    tail_of "$DATA/log/drill-web.log"
    fail "The web server does not answer."
  }
}

drill_town
prepare_files

say "Ordering an import; its worker is killed in the middle"
mkdir -p "$CHANOT_DATA_DIR/drill"
job=$(import_job order "$CHANOT_DATA_DIR/drill/parcels.gpkg")
start_process drill-worker worker
import_job under-way "$job" || fail "The import was not caught in the middle."
kill_process drill-worker
say "Killed. Waiting until the job counts as interrupted (a minute of silence), then resuming it"
import_job resume "$job" || fail "The dead worker left half an import behind."
start_process drill-worker worker
import_job check "$job" || {
  tail_of "$DATA/log/drill-worker.log"
  fail "The drill failed: what it found stands above."
}

say "Booking without pause; after 5 s the web server is killed"
start_process drill-web serve
web_answers
rm -f "$DATA/drill-bookings.jsonl"
bookings book &
booking=$!
sleep 5
kill_process drill-web
say "Killed. Starting it again"
start_process drill-web serve
web_answers
wait "$booking"
bookings check || fail "The drill failed: what it found stands above."
wrong=$("$POSTGRES/psql" -qAtX -d chanot -c "
  select count(*) from (
    select slot.capacity, slot.taken, count(booking.id) as booked
      from appointments_slot slot
      left join appointments_booking booking on booking.slot_id = slot.id and booking.status = 'booked'
     group by slot.id) each
   where booked > capacity or booked <> taken")
[ "$wrong" = 0 ] || fail "The drill failed: $wrong times are oversold or miscounted."
say "Drill passed."
