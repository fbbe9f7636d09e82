-- The ownership shares in force in a title add up to exactly one, on every day. Checked at COMMIT,
-- so that a transfer may pass through states that do not. Shares are summed as exact fractions over
-- a common denominator: sum(n/d) = 1 exactly when sum(n * (L / d)) = L, L the least common multiple.

CREATE AGGREGATE parcels_lcm(numeric) (SFUNC = lcm, STYPE = numeric, INITCOND = '1');

CREATE FUNCTION parcels_check_share_total() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    title bigint;
    fault record;
BEGIN
    FOREACH title IN ARRAY
        CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.ba_unit_id] WHEN 'DELETE' THEN ARRAY[OLD.ba_unit_id]
        ELSE ARRAY[OLD.ba_unit_id, NEW.ba_unit_id] END
    LOOP
        WITH share AS (
            SELECT valid_during, share_numerator::numeric AS n, share_denominator::numeric AS d
            FROM parcels_right WHERE ba_unit_id = title AND kind = 'ownership'
        ), day AS (
            -- shares can only change on a day on which one begins or ends
            SELECT lower(valid_during) AS day FROM share WHERE NOT lower_inf(valid_during)
            UNION SELECT upper(valid_during) FROM share WHERE NOT upper_inf(valid_during)
        ), total AS (
            SELECT day.day, sum(n * div(l.lcm, d)) AS numerator, l.lcm AS denominator
            FROM day JOIN share ON share.valid_during @> day.day,
            LATERAL (SELECT parcels_lcm(s.d) AS lcm FROM share AS s) AS l
            GROUP BY day.day, l.lcm
        )
        SELECT * INTO fault FROM total WHERE numerator <> denominator ORDER BY day LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'shares of title % total %/% on %, not one',
                title, fault.numerator, fault.denominator, fault.day
                USING ERRCODE = 'check_violation', CONSTRAINT = 'shares_total_one',
                      TABLE = 'parcels_right';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER shares_total_one
    AFTER INSERT OR UPDATE OR DELETE ON parcels_right
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION parcels_check_share_total();
