DROP TRIGGER audit_seal_is_never_emptied ON offices_auditseal;
DROP TRIGGER audit_seal_is_append_only ON offices_auditseal;
DROP TRIGGER audit_entry_is_never_emptied ON offices_auditentry;
DROP TRIGGER audit_entry_is_append_only ON offices_auditentry;
DROP TRIGGER audit_entry_digest ON offices_auditentry;
DROP FUNCTION offices_refuse_change();
DROP FUNCTION offices_audit_entry_fill();
DROP FUNCTION offices_audit_entry_digest(offices_auditentry);
