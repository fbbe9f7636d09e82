# Drill restore         the database is lost; a dump brings back every row

# One line per table: its name, its rows and a hash of their contents, whatever their order.
contents() {
  psql -qAtX -d chanot -c "
    select format('select %L, count(*), md5(coalesce(string_agg(row::text, chr(10) order by row::text), '''')) from %s row',
                  c.oid::regclass, c.oid::regclass)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
     order by c.oid::regclass::text" | sed 's/$/;/' | psql -qAtX -d chanot -f -
}

PATH="$POSTGRES:$PATH"
drill_town
before=$(contents)
say "Dumping $(echo "$before" | awk -F '|' '{ rows += $2 } END { print NR " tables, " rows " rows" }')"
pg_dump -Fc -d chanot -f "$DATA/drill.dump"
dropdb -U postgres chanot
say "The database is gone. Restoring"
database_prepare
# The superuser restores, because the dump names the extensions.
pg_restore -U postgres -d chanot --exit-on-error --no-comments "$DATA/drill.dump" 2>"$DATA/log/restore.log" || {
  tail_of "$DATA/log/restore.log"
  fail "pg_restore failed; the end of its messages stands above."
}
after=$(contents)
if [ "$before" != "$after" ]; then
  echo "$before" >"$DATA/drill-before.txt"
  echo "$after" | diff "$DATA/drill-before.txt" - >&2 || :
  fail "The restored database differs; the tables stand above."
fi
manage verify_history
rm -f "$DATA/drill.dump"
say "Drill passed."
