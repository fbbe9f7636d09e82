-- A transaction goes its way in order, what was submitted stays as it was submitted, and what was
-- registered or withdrawn is never touched again.

CREATE FUNCTION parcels_keep_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fault text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        fault := 'is never deleted';
    ELSIF OLD.status IN ('registered', 'withdrawn') AND NEW IS DISTINCT FROM OLD THEN
        fault := 'is ' || OLD.status || ' and never changes';
    ELSIF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('draft', 'submitted'), ('draft', 'withdrawn'),
        ('returned', 'submitted'), ('returned', 'withdrawn'),
        ('submitted', 'returned'), ('submitted', 'approved'), ('submitted', 'withdrawn'),
        ('approved', 'returned'), ('approved', 'registered'), ('approved', 'withdrawn')
    ) THEN
        fault := 'cannot go from ' || OLD.status || ' to ' || NEW.status;
    ELSIF OLD.status IN ('submitted', 'approved') AND (
        ROW(NEW.public_id, NEW.office_id, NEW.kind, NEW.source_id, NEW.spatial_source_id,
            NEW.reason, NEW.content, NEW.content_hash, NEW.maker_id, NEW.created_at)
        IS DISTINCT FROM
        ROW(OLD.public_id, OLD.office_id, OLD.kind, OLD.source_id, OLD.spatial_source_id,
            OLD.reason, OLD.content, OLD.content_hash, OLD.maker_id, OLD.created_at)
        OR (NEW.effective_on IS DISTINCT FROM OLD.effective_on AND NEW.status <> 'registered')
    ) THEN
        fault := 'was submitted and stays as it was';
    ELSE
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'transaction % %', OLD.id, fault
        USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_are_kept',
              TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER transaction_is_kept BEFORE UPDATE OR DELETE ON parcels_transaction
    FOR EACH ROW EXECUTE FUNCTION parcels_keep_transaction();

-- What a transaction proposes may be rewritten only while its maker may still change it; later,
-- claims are given back and new parcels get their row, nothing else.

CREATE FUNCTION parcels_keep_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    editable boolean;
BEGIN
    SELECT status IN ('draft', 'returned') INTO editable FROM parcels_transaction
    WHERE id = CASE TG_OP WHEN 'INSERT' THEN NEW.transaction_id ELSE OLD.transaction_id END;
    IF NOT editable AND (
        TG_OP <> 'UPDATE'
        OR to_jsonb(NEW) - 'claims' - 'parcel_id' <> to_jsonb(OLD) - 'claims' - 'parcel_id'
        OR (NEW.claims AND NOT OLD.claims)
    ) THEN
        RAISE EXCEPTION 'the proposal of transaction % was submitted and stays as it was',
            CASE TG_OP WHEN 'INSERT' THEN NEW.transaction_id ELSE OLD.transaction_id END
            USING ERRCODE = 'check_violation', CONSTRAINT = 'proposals_are_kept',
                  TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER proposed_parcel_is_kept BEFORE INSERT OR UPDATE OR DELETE ON parcels_proposedparcel
    FOR EACH ROW EXECUTE FUNCTION parcels_keep_proposal();

-- Titles, and all that is registered against them, never change but by ending: once, from a day on,
-- by a transaction.

CREATE FUNCTION parcels_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
        AND to_jsonb(NEW) - 'valid_during' - 'retired_by_id'
            = to_jsonb(OLD) - 'valid_during' - 'retired_by_id'
        AND OLD.retired_by_id IS NULL AND NEW.retired_by_id IS NOT NULL
        AND NEW.valid_during <@ OLD.valid_during
        AND (isempty(NEW.valid_during) OR lower(NEW.valid_during) = lower(OLD.valid_during))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% % can only end, by a transaction', TG_TABLE_NAME, OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_only_end', TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER title_only_ends BEFORE UPDATE OR DELETE ON parcels_baunit
    FOR EACH ROW EXECUTE FUNCTION parcels_only_ends();
CREATE TRIGGER right_only_ends BEFORE UPDATE OR DELETE ON parcels_right
    FOR EACH ROW EXECUTE FUNCTION parcels_only_ends();
CREATE TRIGGER mortgage_only_ends BEFORE UPDATE OR DELETE ON parcels_mortgage
    FOR EACH ROW EXECUTE FUNCTION parcels_only_ends();
CREATE TRIGGER restriction_only_ends BEFORE UPDATE OR DELETE ON parcels_restriction
    FOR EACH ROW EXECUTE FUNCTION parcels_only_ends();
CREATE TRIGGER responsibility_only_ends BEFORE UPDATE OR DELETE ON parcels_responsibility
    FOR EACH ROW EXECUTE FUNCTION parcels_only_ends();

CREATE TRIGGER lineage_is_append_only BEFORE UPDATE OR DELETE ON parcels_parcellineage
    FOR EACH ROW EXECUTE FUNCTION offices_refuse_change();
CREATE TRIGGER assigned_number_is_append_only BEFORE UPDATE OR DELETE ON parcels_assignednumber
    FOR EACH ROW EXECUTE FUNCTION offices_refuse_change();
CREATE TRIGGER source_file_is_append_only BEFORE UPDATE OR DELETE ON parcels_sourcefile
    FOR EACH ROW EXECUTE FUNCTION offices_refuse_change();
