-- What was observed stays as it was observed, and what was computed from it stays known: such rows
-- are inserted and never changed or deleted.

CREATE FUNCTION surveys_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'row % of % is evidence and stays as it is', OLD.id, TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'observations_are_kept',
              TABLE = TG_TABLE_NAME;
END $$;

DO $$
DECLARE
    kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY[
        'fieldfile', 'rejectedrecord', 'occupation', 'observation', 'reading',
        'pointresult', 'computation', 'markposition', 'surveyjobevent'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I
                 FOR EACH ROW EXECUTE FUNCTION surveys_keep()',
            kept || '_is_kept', 'surveys_' || kept
        );
    END LOOP;
END $$;
