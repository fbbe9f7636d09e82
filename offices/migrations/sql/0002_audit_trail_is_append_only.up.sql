-- The audit trail only grows. Each row gets the SHA-256 of its own content when it is written;
-- seals chain these digests later, so that no act waits for the chain.

CREATE FUNCTION offices_audit_entry_digest(entry offices_auditentry) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(convert_to(jsonb_build_array(
        entry.id,
        to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        entry.actor_id, entry.office_id,
        entry.action, entry.subject_kind, entry.subject_id, entry.data
    )::text, 'UTF8'));
$$;

CREATE FUNCTION offices_audit_entry_fill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.digest := offices_audit_entry_digest(NEW);
    RETURN NEW;
END $$;

CREATE FUNCTION offices_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER audit_entry_digest BEFORE INSERT ON offices_auditentry
    FOR EACH ROW EXECUTE FUNCTION offices_audit_entry_fill();
CREATE TRIGGER audit_entry_is_append_only BEFORE UPDATE OR DELETE ON offices_auditentry
    FOR EACH ROW EXECUTE FUNCTION offices_refuse_change();
CREATE TRIGGER audit_entry_is_never_emptied BEFORE TRUNCATE ON offices_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION offices_refuse_change();
CREATE TRIGGER audit_seal_is_append_only BEFORE UPDATE OR DELETE ON offices_auditseal
    FOR EACH ROW EXECUTE FUNCTION offices_refuse_change();
CREATE TRIGGER audit_seal_is_never_emptied BEFORE TRUNCATE ON offices_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION offices_refuse_change();
