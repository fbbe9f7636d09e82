-- A dated fact may end; anything else that happens to its row is a correction, and what stood there
-- before is kept. Ending alone is not: the row still tells all of it.

CREATE FUNCTION taxmap_keep_former_fact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
        AND to_jsonb(OLD) - '{valid_during,closed_by_id}'::text[]
            = to_jsonb(NEW) - '{valid_during,closed_by_id}'::text[]
        AND lower(OLD.valid_during) = lower(NEW.valid_during)
        AND (upper_inf(OLD.valid_during) OR OLD.valid_during = NEW.valid_during)
    THEN
        RETURN NULL;
    END IF;
    INSERT INTO taxmap_formerfact (kind, fact_id, content, superseded_at)
    VALUES (TG_TABLE_NAME, OLD.id, to_jsonb(OLD), clock_timestamp());
    RETURN NULL;
END $$;

CREATE TRIGGER former_fact AFTER UPDATE OR DELETE ON taxmap_unituse
    FOR EACH ROW EXECUTE FUNCTION taxmap_keep_former_fact();
CREATE TRIGGER former_fact AFTER UPDATE OR DELETE ON taxmap_building
    FOR EACH ROW EXECUTE FUNCTION taxmap_keep_former_fact();
CREATE TRIGGER former_fact AFTER UPDATE OR DELETE ON taxmap_landprice
    FOR EACH ROW EXECUTE FUNCTION taxmap_keep_former_fact();
CREATE TRIGGER former_fact AFTER UPDATE OR DELETE ON taxmap_buildingprice
    FOR EACH ROW EXECUTE FUNCTION taxmap_keep_former_fact();
CREATE TRIGGER former_fact AFTER UPDATE OR DELETE ON taxmap_condominiumprice
    FOR EACH ROW EXECUTE FUNCTION taxmap_keep_former_fact();
CREATE TRIGGER former_fact AFTER UPDATE OR DELETE ON taxmap_signboard
    FOR EACH ROW EXECUTE FUNCTION taxmap_keep_former_fact();
