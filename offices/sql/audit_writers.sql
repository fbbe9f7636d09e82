-- Transactions that have written to the audit trail, or are about to, and have not ended.
-- An INSERT takes this lock before it draws its id, and keeps it until its transaction ends.
SELECT virtualtransaction FROM pg_locks
WHERE locktype = 'relation'
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND relation = 'offices_auditentry'::regclass
  AND mode = 'RowExclusiveLock'
  AND pid IS DISTINCT FROM pg_backend_pid();
