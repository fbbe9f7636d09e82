-- The first entry whose content is no longer what was digested when it was written.
SELECT id FROM offices_auditentry AS entry
WHERE digest IS DISTINCT FROM offices_audit_entry_digest(entry)
ORDER BY id
LIMIT 1;
