# A private PostgreSQL cluster inside the project.  It listens on a socket in a folder only its
# owner may enter, so it needs no port and no password and cannot meet another server.

# PostgreSQL refuses to run as root; then it runs as the user "postgres".  Its programs are
# started from /, because that user may not be able to enter the present folder.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else (cd / && "$@"); fi
}

# cluster_locate NAME: set CLUSTER, SOCKETS and LOCK; touches nothing but .data.
cluster_locate() {
  mkdir -p "$DATA" 2>/dev/null && [ -w "$DATA" ] ||
    fail "$DATA cannot be written by $(id -un)." \
      "If root made it, go on as root, or give it away: sudo chown -R $(id -un) '$ROOT'"
  CLUSTER="$DATA/$1"
  LOCK="$DATA/$1.lock"
  path_id=$(printf %s "$CLUSTER" | cksum | cut -d ' ' -f 1)
  # A project under /root is closed to the user postgres: its cluster lives with postgres then.
  if [ "$(id -u)" = 0 ] && ! as_postgres test -x "$DATA"; then
    CLUSTER="/var/lib/postgresql/chanot-$path_id"
  fi
  SOCKETS="$CLUSTER/socket"
  # A socket's path may have 107 bytes, of which its name takes 16.
  [ "$(printf %s "$SOCKETS" | wc -c)" -le 85 ] || SOCKETS="/tmp/chanot-$(id -u)-$path_id"
}

# cluster_lock [wait]: hold the cluster for this run; without "wait", tell whether that worked.
cluster_lock() {
  exec 9>"$LOCK"
  flock -n 9 && return 0
  [ "${1:-}" = wait ] || return 1
  say "Another run uses this cluster; waiting for it to end"
  flock 9
}

cluster_programs() {
  version=$(as_postgres cat "$CLUSTER/data/PG_VERSION" 2>/dev/null || :)
  POSTGRES=$(find_postgres $version) ||
    fail "The cluster in $CLUSTER was made by PostgreSQL $version with PostGIS; that is not installed." \
      "Install postgresql-$version-postgis-3, or begin anew: ./run demo --reset"
}

cluster_create() {
  say "Creating a private PostgreSQL $(basename "$(dirname "$POSTGRES")") cluster in $CLUSTER"
  enough_space "$(dirname "$CLUSTER")" 300
  mkdir -p "$CLUSTER"
  [ "$(id -u)" != 0 ] || chown postgres: "$CLUSTER"
  chmod 700 "$CLUSTER"
  [ "$(stat -c %a "$CLUSTER")" = 700 ] ||
    fail "The file system of $CLUSTER does not keep permissions." \
      "Move the project to a Linux file system (not a Windows or shared folder), then start again."
  as_postgres rm -rf "$CLUSTER/new"
  as_postgres "$POSTGRES/initdb" -D "$CLUSTER/new" -U postgres --auth=trust --encoding=UTF8 \
    --locale=C.UTF-8 --data-checksums --no-sync >/dev/null ||
    fail "initdb could not create the cluster; its own message stands above." "Then start again."
  as_postgres mv "$CLUSTER/new" "$CLUSTER/data"
}

cluster_is_running() { as_postgres "$POSTGRES/pg_ctl" -D "$CLUSTER/data" status >/dev/null 2>&1; }

# In /tmp someone else may have made a folder of that name first: it must be ours.
sockets_folder() {
  as_postgres sh -c 'mkdir -m 700 "$1" 2>/dev/null || { [ ! -L "$1" ] && [ -O "$1" ]; }' sh "$SOCKETS" ||
    fail "$SOCKETS belongs to somebody else." "Remove it, then start again."
}

cluster_answers() { "$POSTGRES/pg_isready" -q -h "$SOCKETS" -p 5432; }

# cluster_start [POSTGRES OPTIONS]: create when missing, start when stopped, point libpq at it.
cluster_start() {
  cluster_programs
  [ -n "$version" ] || cluster_create
  sockets_folder
  # It may be on its way up, or a killed one not quite gone.
  patience=150
  while cluster_is_running && ! cluster_answers && [ $patience -gt 0 ]; do
    sleep 0.2
    patience=$((patience - 1))
  done
  cluster_is_running || cluster_launch "${1:-}"
  cluster_connect
}

cluster_launch() {
  as_postgres rm -f "$CLUSTER/log"
  as_postgres "$POSTGRES/pg_ctl" -D "$CLUSTER/data" -s -w -t 60 -l "$CLUSTER/log" -o "-c listen_addresses='' \
    -c unix_socket_directories='$SOCKETS' -c unix_socket_permissions=0700 $1" start 2>/dev/null 9>&- || {
    as_postgres tail -n 15 "$CLUSTER/log" | sed 's/^/    | /' >&2
    fail "PostgreSQL did not start; the end of $CLUSTER/log stands above." \
      "A full disk is the usual cause. To begin anew: ./run demo --reset"
  }
}

cluster_connect() {
  PGHOST=$SOCKETS PGPORT=5432
  export PGHOST PGPORT
  unset PGSERVICE PGPASSWORD PGDATABASE PGOPTIONS PGHOSTADDR PGSSLMODE
}

cluster_stop() {
  as_postgres "$POSTGRES/pg_ctl" -D "$CLUSTER/data" -s -m fast -w -t 60 stop 2>/dev/null
}

cluster_remove() {
  version=$(as_postgres cat "$CLUSTER/data/PG_VERSION" 2>/dev/null || :)
  if POSTGRES=$(find_postgres $version) && cluster_is_running; then cluster_stop; fi
  rm -rf "$CLUSTER"
}

# database_prepare: the role "chanot" and its database with PostGIS; see scripts/database.sql.
database_prepare() {
  "$POSTGRES/psql" -qAtX -v ON_ERROR_STOP=1 -U postgres -d postgres -f scripts/database.sql >/dev/null ||
    fail "The database could not be prepared; psql's own message stands above."
  PGUSER=chanot DATABASE_URL=postgres:///chanot
  export PGUSER DATABASE_URL
}
