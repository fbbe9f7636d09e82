SELECT t.id AS title, one.id AS parcel, one.label_point AS place, m.mortgages AS measure, m.rank::text AS spot,
       jsonb_build_object('rank', m.rank) AS evidence
FROM checked_title AS t
JOIN (SELECT ba_unit_id, rank, count(*) AS mortgages FROM parcels_mortgage
      WHERE valid_during @> %(on)s::date
      GROUP BY ba_unit_id, rank HAVING count(*) > 1) AS m ON m.ba_unit_id = t.id
LEFT JOIN LATERAL (SELECT p.id, p.label_point FROM checked_parcel AS p
                   WHERE p.ba_unit_id = t.id ORDER BY p.id LIMIT 1) AS one ON true
WHERE t.office_id = %(office)s
  AND (%(titles)s::bigint[] IS NULL OR t.id = ANY (%(titles)s::bigint[]))
ORDER BY t.id, m.rank;
