-- The ledger only grows, adds up to nothing entry by entry, and tells what every assessment owes.

-- An entry remembers the transaction that wrote it, so that no later one can add a leg to it.
CREATE FUNCTION taxmap_entry_fill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.transaction_id := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;

CREATE FUNCTION taxmap_legs_come_with_their_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    late bigint;
BEGIN
    SELECT min(leg.entry_id) INTO late
    FROM fresh AS leg
    INNER JOIN taxmap_entry AS entry ON entry.id = leg.entry_id
    WHERE entry.transaction_id <> pg_current_xact_id()::text::bigint;
    IF late IS NOT NULL THEN
        RAISE EXCEPTION 'entry % is closed: a leg cannot be added to it', late
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'legs_come_with_their_entry';
    END IF;
    RETURN NULL;
END $$;

-- Asked at commit for every entry and every leg: whatever order they came in, the sum is nothing.
CREATE FUNCTION taxmap_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked bigint;
    total numeric;
    legs bigint;
BEGIN
    IF TG_TABLE_NAME = 'taxmap_leg' THEN
        asked := NEW.entry_id;
    ELSE
        asked := NEW.id;
    END IF;
    SELECT sum(leg.satang), count(*) INTO total, legs FROM taxmap_leg AS leg
    WHERE leg.entry_id = asked;
    IF legs < 2 OR total <> 0 THEN
        RAISE EXCEPTION 'entry % does not balance: % legs, % satang', asked, legs, total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_balances';
    END IF;
    RETURN NULL;
END $$;

-- What each kind of entry does to the balance of an assessment; docs/algorithms/ledger.md, 2.
CREATE VIEW taxmap_balance_of_legs AS
SELECT
    leg.assessment_id,
    max(leg.bill_id) AS bill_id,
    coalesce(sum(leg.satang) FILTER (
        WHERE entry.kind IN ('charge', 'note')
    ), 0)::bigint AS charged_satang,
    coalesce(sum(leg.satang) FILTER (
        WHERE entry.kind = 'late_charge' AND account.purpose = 'penalty_due'
    ), 0)::bigint AS penalty_satang,
    coalesce(sum(leg.satang) FILTER (
        WHERE entry.kind = 'late_charge' AND account.purpose = 'surcharge_due'
    ), 0)::bigint AS surcharge_satang,
    -coalesce(sum(leg.satang) FILTER (
        WHERE entry.kind IN ('payment', 'allocation')
    ), 0)::bigint AS received_satang,
    -coalesce(sum(leg.satang) FILTER (WHERE entry.kind = 'waiver'), 0)::bigint AS waived_satang,
    coalesce(sum(leg.satang) FILTER (
        WHERE account.purpose = 'tax_due'
    ), 0)::bigint AS tax_due_satang,
    coalesce(sum(leg.satang) FILTER (
        WHERE account.purpose = 'penalty_due'
    ), 0)::bigint AS penalty_due_satang,
    coalesce(sum(leg.satang) FILTER (
        WHERE account.purpose = 'surcharge_due'
    ), 0)::bigint AS surcharge_due_satang
FROM taxmap_leg AS leg
INNER JOIN taxmap_entry AS entry ON entry.id = leg.entry_id
INNER JOIN taxmap_account AS account ON account.id = leg.account_id
WHERE leg.assessment_id IS NOT NULL
GROUP BY leg.assessment_id;
COMMENT ON VIEW taxmap_balance_of_legs IS
'ยอดคงค้างที่รวมจากรายการบัญชีโดยตรง: what taxmap_balance must equal';

CREATE FUNCTION taxmap_balance_follows_legs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO taxmap_balance AS kept (
        assessment_id, bill_id, charged_satang, penalty_satang, surcharge_satang,
        received_satang, waived_satang, tax_due_satang, penalty_due_satang, surcharge_due_satang
    )
    SELECT
        leg.assessment_id,
        max(leg.bill_id),
        coalesce(sum(leg.satang) FILTER (WHERE entry.kind IN ('charge', 'note')), 0),
        coalesce(sum(leg.satang) FILTER (
            WHERE entry.kind = 'late_charge' AND account.purpose = 'penalty_due'), 0),
        coalesce(sum(leg.satang) FILTER (
            WHERE entry.kind = 'late_charge' AND account.purpose = 'surcharge_due'), 0),
        -coalesce(sum(leg.satang) FILTER (WHERE entry.kind IN ('payment', 'allocation')), 0),
        -coalesce(sum(leg.satang) FILTER (WHERE entry.kind = 'waiver'), 0),
        coalesce(sum(leg.satang) FILTER (WHERE account.purpose = 'tax_due'), 0),
        coalesce(sum(leg.satang) FILTER (WHERE account.purpose = 'penalty_due'), 0),
        coalesce(sum(leg.satang) FILTER (WHERE account.purpose = 'surcharge_due'), 0)
    FROM fresh AS leg
    INNER JOIN taxmap_entry AS entry ON entry.id = leg.entry_id
    INNER JOIN taxmap_account AS account ON account.id = leg.account_id
    WHERE leg.assessment_id IS NOT NULL
    GROUP BY leg.assessment_id
    ORDER BY leg.assessment_id
    ON CONFLICT (assessment_id) DO UPDATE SET
        charged_satang = kept.charged_satang + excluded.charged_satang,
        penalty_satang = kept.penalty_satang + excluded.penalty_satang,
        surcharge_satang = kept.surcharge_satang + excluded.surcharge_satang,
        received_satang = kept.received_satang + excluded.received_satang,
        waived_satang = kept.waived_satang + excluded.waived_satang,
        tax_due_satang = kept.tax_due_satang + excluded.tax_due_satang,
        penalty_due_satang = kept.penalty_due_satang + excluded.penalty_due_satang,
        surcharge_due_satang = kept.surcharge_due_satang + excluded.surcharge_due_satang;
    RETURN NULL;
END $$;

-- Only the trigger above writes balances: seen from it, this one is the second trigger deep.
CREATE FUNCTION taxmap_balance_is_kept_by_legs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 OR TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'taxmap_balance follows the legs: % refused', TG_OP
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'balance_is_kept_by_legs';
    END IF;
    RETURN NEW;
END $$;

-- A correction may bring a balance below nothing for a moment; at commit the surplus has become
-- an overpayment.
CREATE FUNCTION taxmap_balance_is_not_negative() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM taxmap_balance
        WHERE assessment_id = NEW.assessment_id
            AND least(tax_due_satang, penalty_due_satang, surcharge_due_satang,
                      charged_satang, penalty_satang, surcharge_satang,
                      received_satang, waived_satang) < 0
    ) THEN
        RAISE EXCEPTION 'assessment % would be owed less than nothing', NEW.assessment_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'balance_is_not_negative';
    END IF;
    RETURN NULL;
END $$;

-- A receipt changes once, when it is voided; a line of a bank report once, when the bank settles.
CREATE FUNCTION taxmap_receipt_is_voided_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL
        AND to_jsonb(OLD) - '{voided_at,voided_by_id,void_reason}'::text[]
        = to_jsonb(NEW) - '{voided_at,voided_by_id,void_reason}'::text[]
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'receipt % cannot be changed', OLD.number
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'receipt_is_voided_once';
END $$;

CREATE FUNCTION taxmap_bank_line_is_settled_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.settled_by_id IS NULL AND NEW.settled_by_id IS NOT NULL
        AND to_jsonb(OLD) - 'settled_by_id' = to_jsonb(NEW) - 'settled_by_id'
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'bank line % cannot be changed', OLD.id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'bank_line_is_settled_once';
END $$;

CREATE FUNCTION taxmap_money_request_is_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.is_approved IS NULL AND NEW.is_approved IS NOT NULL
        AND to_jsonb(OLD) - '{is_approved,decided_by_id,decided_at}'::text[]
        = to_jsonb(NEW) - '{is_approved,decided_by_id,decided_at}'::text[]
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'request % is decided or would say something else', OLD.id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'money_request_is_decided_once';
END $$;

-- The counter of a series goes up by one at a time, and never away.
CREATE FUNCTION taxmap_receipt_series_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - 'last_number' <> to_jsonb(NEW) - 'last_number'
        OR NEW.last_number <> OLD.last_number + 1
    THEN
        RAISE EXCEPTION 'series % counts by one', OLD.series
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'receipt_series_counts';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER entry_fill BEFORE INSERT ON taxmap_entry
    FOR EACH ROW EXECUTE FUNCTION taxmap_entry_fill();
CREATE CONSTRAINT TRIGGER entry_balances AFTER INSERT ON taxmap_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION taxmap_entry_balances();
CREATE CONSTRAINT TRIGGER legs_balance AFTER INSERT ON taxmap_leg
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION taxmap_entry_balances();
CREATE TRIGGER legs_come_with_their_entry AFTER INSERT ON taxmap_leg
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION taxmap_legs_come_with_their_entry();
CREATE TRIGGER legs_keep_the_balance AFTER INSERT ON taxmap_leg
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION taxmap_balance_follows_legs();

CREATE TRIGGER balance_is_kept_by_legs BEFORE INSERT OR UPDATE OR DELETE ON taxmap_balance
    FOR EACH ROW EXECUTE FUNCTION taxmap_balance_is_kept_by_legs();
CREATE TRIGGER balance_is_never_emptied BEFORE TRUNCATE ON taxmap_balance
    FOR EACH STATEMENT EXECUTE FUNCTION taxmap_balance_is_kept_by_legs();
CREATE CONSTRAINT TRIGGER balance_is_not_negative AFTER INSERT OR UPDATE ON taxmap_balance
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (least(NEW.tax_due_satang, NEW.penalty_due_satang, NEW.surcharge_due_satang,
                NEW.charged_satang, NEW.penalty_satang, NEW.surcharge_satang,
                NEW.received_satang, NEW.waived_satang) < 0)
    EXECUTE FUNCTION taxmap_balance_is_not_negative();

CREATE TRIGGER entry_is_append_only BEFORE UPDATE OR DELETE ON taxmap_entry
    FOR EACH ROW EXECUTE FUNCTION offices_refuse_change();
CREATE TRIGGER entry_is_never_emptied BEFORE TRUNCATE ON taxmap_entry
    FOR EACH STATEMENT EXECUTE FUNCTION offices_refuse_change();
CREATE TRIGGER leg_is_append_only BEFORE UPDATE OR DELETE ON taxmap_leg
    FOR EACH ROW EXECUTE FUNCTION offices_refuse_change();
CREATE TRIGGER leg_is_never_emptied BEFORE TRUNCATE ON taxmap_leg
    FOR EACH STATEMENT EXECUTE FUNCTION offices_refuse_change();
CREATE TRIGGER payment_is_append_only BEFORE UPDATE OR DELETE ON taxmap_payment
    FOR EACH ROW EXECUTE FUNCTION offices_refuse_change();
CREATE TRIGGER payment_is_never_emptied BEFORE TRUNCATE ON taxmap_payment
    FOR EACH STATEMENT EXECUTE FUNCTION offices_refuse_change();
CREATE TRIGGER bank_report_is_append_only BEFORE UPDATE OR DELETE ON taxmap_bankreport
    FOR EACH ROW EXECUTE FUNCTION offices_refuse_change();
CREATE TRIGGER bank_report_is_never_emptied BEFORE TRUNCATE ON taxmap_bankreport
    FOR EACH STATEMENT EXECUTE FUNCTION offices_refuse_change();

CREATE TRIGGER receipt_is_voided_once BEFORE UPDATE ON taxmap_receipt
    FOR EACH ROW EXECUTE FUNCTION taxmap_receipt_is_voided_once();
CREATE TRIGGER receipt_is_kept BEFORE DELETE ON taxmap_receipt
    FOR EACH ROW EXECUTE FUNCTION offices_refuse_change();
CREATE TRIGGER receipt_is_never_emptied BEFORE TRUNCATE ON taxmap_receipt
    FOR EACH STATEMENT EXECUTE FUNCTION offices_refuse_change();
CREATE TRIGGER receipt_series_counts BEFORE UPDATE ON taxmap_receiptseries
    FOR EACH ROW EXECUTE FUNCTION taxmap_receipt_series_counts();
CREATE TRIGGER receipt_series_is_kept BEFORE DELETE ON taxmap_receiptseries
    FOR EACH ROW EXECUTE FUNCTION offices_refuse_change();
CREATE TRIGGER bank_line_is_settled_once BEFORE UPDATE ON taxmap_bankline
    FOR EACH ROW EXECUTE FUNCTION taxmap_bank_line_is_settled_once();
CREATE TRIGGER bank_line_is_kept BEFORE DELETE ON taxmap_bankline
    FOR EACH ROW EXECUTE FUNCTION offices_refuse_change();
CREATE TRIGGER bank_line_is_never_emptied BEFORE TRUNCATE ON taxmap_bankline
    FOR EACH STATEMENT EXECUTE FUNCTION offices_refuse_change();
CREATE TRIGGER money_request_is_decided_once BEFORE UPDATE ON taxmap_moneyrequest
    FOR EACH ROW EXECUTE FUNCTION taxmap_money_request_is_decided_once();
CREATE TRIGGER money_request_is_kept BEFORE DELETE ON taxmap_moneyrequest
    FOR EACH ROW EXECUTE FUNCTION offices_refuse_change();
CREATE TRIGGER money_request_is_never_emptied BEFORE TRUNCATE ON taxmap_moneyrequest
    FOR EACH STATEMENT EXECUTE FUNCTION offices_refuse_change();
