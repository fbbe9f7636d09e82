-- Shares are added as fractions over a common denominator, in whole numbers.
SELECT t.id AS title, one.id AS parcel, one.label_point AS place, s.holders AS measure,
       jsonb_build_object('total', s.parts || '/' || s.whole) AS evidence
FROM checked_title AS t
JOIN (
    SELECT r.ba_unit_id, count(*) AS holders,
           sum(r.share_numerator * div(d.whole, r.share_denominator)) AS parts, d.whole
    FROM parcels_right AS r
    JOIN (SELECT ba_unit_id, parcels_lcm(share_denominator::numeric) AS whole
          FROM parcels_right
          WHERE kind = 'ownership' AND valid_during @> %(on)s::date
            AND (%(titles)s::bigint[] IS NULL OR ba_unit_id = ANY (%(titles)s::bigint[]))
          GROUP BY ba_unit_id) AS d USING (ba_unit_id)
    WHERE r.kind = 'ownership' AND r.valid_during @> %(on)s::date
    GROUP BY r.ba_unit_id, d.whole
) AS s ON s.ba_unit_id = t.id AND s.parts <> s.whole
LEFT JOIN LATERAL (SELECT p.id, p.label_point FROM checked_parcel AS p
                   WHERE p.ba_unit_id = t.id ORDER BY p.id LIMIT 1) AS one ON true
WHERE t.office_id = %(office)s
  AND (%(titles)s::bigint[] IS NULL OR t.id = ANY (%(titles)s::bigint[]))
ORDER BY t.id;
