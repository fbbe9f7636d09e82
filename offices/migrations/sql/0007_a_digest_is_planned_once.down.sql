CREATE OR REPLACE FUNCTION offices_audit_entry_digest(entry offices_auditentry) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(convert_to(jsonb_build_array(
        entry.id,
        to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        entry.actor_id, entry.office_id,
        entry.action, entry.subject_kind, entry.subject_id, entry.data
    )::text, 'UTF8'));
$$;
