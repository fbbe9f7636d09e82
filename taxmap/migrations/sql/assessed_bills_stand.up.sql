-- Bills whose notice went out stand: what is owed changes by a note only, and a bill is numbered
-- only when its assessments add up to it.

CREATE FUNCTION taxmap_assessed_bill_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR
       (NEW.public_id, NEW.local_authority_id, NEW.kind, NEW.tax_year, NEW.taxpayers, NEW.number,
        NEW.reference_1, NEW.units, NEW.value_satang, NEW.exemption_satang, NEW.tax_satang,
        NEW.assessed_at)
       IS DISTINCT FROM
       (OLD.public_id, OLD.local_authority_id, OLD.kind, OLD.tax_year, OLD.taxpayers, OLD.number,
        OLD.reference_1, OLD.units, OLD.value_satang, OLD.exemption_satang, OLD.tax_satang,
        OLD.assessed_at) THEN
        RAISE EXCEPTION 'bill %/% is assessed and stands; a note changes what is owed',
            OLD.number, OLD.tax_year
            USING ERRCODE = 'check_violation', CONSTRAINT = 'assessed_bill_stands',
                  TABLE = 'taxmap_bill';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER assessed_bill_stands
    BEFORE UPDATE OR DELETE ON taxmap_bill
    FOR EACH ROW WHEN (OLD.number IS NOT NULL)
    EXECUTE FUNCTION taxmap_assessed_bill_stands();

CREATE FUNCTION taxmap_assessed_lines_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM taxmap_bill WHERE id = OLD.bill_id AND number IS NOT NULL) THEN
        RAISE EXCEPTION 'assessment % belongs to an assessed bill and stands', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'assessed_bill_stands',
                  TABLE = 'taxmap_assessment';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER assessed_lines_stand
    BEFORE UPDATE OR DELETE ON taxmap_assessment
    FOR EACH ROW EXECUTE FUNCTION taxmap_assessed_lines_stand();

-- By statement, not by row: a million assessments of a roll are looked at once.
CREATE FUNCTION taxmap_check_bill_total() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fault record;
BEGIN
    IF TG_TABLE_NAME = 'taxmap_bill' THEN
        SELECT bill.id, bill.tax_satang, total.satang INTO fault
        FROM given AS bill
        JOIN former ON former.id = bill.id AND former.number IS NULL
        LEFT JOIN LATERAL (
            SELECT sum(tax_satang) AS satang FROM taxmap_assessment WHERE bill_id = bill.id
        ) AS total ON true
        WHERE bill.number IS NOT NULL AND total.satang IS DISTINCT FROM bill.tax_satang
        LIMIT 1;
    ELSE
        SELECT bill.id, bill.tax_satang, total.satang INTO fault
        FROM (SELECT DISTINCT bill_id FROM given) AS touched
        JOIN taxmap_bill AS bill ON bill.id = touched.bill_id AND bill.number IS NOT NULL
        JOIN LATERAL (
            SELECT sum(tax_satang) AS satang FROM taxmap_assessment WHERE bill_id = bill.id
        ) AS total ON true
        WHERE total.satang <> bill.tax_satang
        LIMIT 1;
    END IF;
    IF FOUND THEN
        RAISE EXCEPTION 'bill % says % satang, its assessments %',
            fault.id, fault.tax_satang, fault.satang
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bill_is_the_sum_of_its_assessments',
                  TABLE = 'taxmap_bill';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER numbered_bill_is_the_sum_of_its_assessments
    AFTER UPDATE ON taxmap_bill
    REFERENCING NEW TABLE AS given OLD TABLE AS former
    FOR EACH STATEMENT EXECUTE FUNCTION taxmap_check_bill_total();

CREATE TRIGGER assessments_add_up_to_a_numbered_bill
    AFTER INSERT ON taxmap_assessment
    REFERENCING NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION taxmap_check_bill_total();
