#!/bin/sh
# Run once by the PostGIS image on an empty volume: role, database, extension (scripts/database.sql).
set -eu
psql -X -v ON_ERROR_STOP=1 -v password="$DATABASE_PASSWORD" -U postgres -d postgres \
  -f /docker-entrypoint-initdb.d/chanot/database.sql
