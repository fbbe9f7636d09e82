-- On every day on which a unit has uses, their shares total 100. Checked at COMMIT, so that a change
-- of use may pass through states that do not. Shares can only change on a day on which one begins
-- or ends, so only those days are looked at.

CREATE FUNCTION taxmap_check_use_total() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked bigint;
    fault record;
BEGIN
    FOREACH checked IN ARRAY
        CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.unit_id] WHEN 'DELETE' THEN ARRAY[OLD.unit_id]
        ELSE ARRAY[OLD.unit_id, NEW.unit_id] END
    LOOP
        WITH part AS (
            SELECT share_percent, valid_during FROM taxmap_unituse WHERE unit_id = checked
        ), day AS (
            SELECT lower(valid_during) AS day FROM part
            UNION SELECT upper(valid_during) FROM part WHERE NOT upper_inf(valid_during)
        )
        SELECT day.day, sum(part.share_percent) AS total INTO fault
        FROM day JOIN part ON part.valid_during @> day.day
        GROUP BY day.day HAVING sum(part.share_percent) <> 100
        ORDER BY day.day LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'uses of unit % total % percent on %, not 100',
                checked, fault.total, fault.day
                USING ERRCODE = 'check_violation', CONSTRAINT = 'uses_total_100',
                      TABLE = 'taxmap_unituse';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER uses_total_100
    AFTER INSERT OR UPDATE OR DELETE ON taxmap_unituse
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION taxmap_check_use_total();
