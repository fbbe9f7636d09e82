-- A visit is a fact: nobody changes or removes it. Whoever comes again writes another.
CREATE FUNCTION taxmap_keep_visit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'visit % is never changed or deleted', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'visits_are_kept', TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER visit_is_kept BEFORE UPDATE OR DELETE ON taxmap_visit
    FOR EACH ROW EXECUTE FUNCTION taxmap_keep_visit();

-- The last visit of each unit, for maps and lists. Joined on unit_id it reads last_visit_of_a_unit.
CREATE VIEW taxmap_last_visit AS
SELECT DISTINCT ON (unit_id) unit_id, outcome, visited_at, next_on
FROM taxmap_visit
ORDER BY unit_id, visited_at DESC, id DESC;
COMMENT ON VIEW taxmap_last_visit IS 'การออกพบครั้งล่าสุดของแต่ละหน่วยประเมิน';
