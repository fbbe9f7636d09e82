SELECT t.id AS title, one.id AS parcel, one.label_point AS place, g.groups AS measure
FROM checked_title AS t
JOIN (SELECT r.ba_unit_id, count(*) AS groups
      FROM parcels_right AS r
      JOIN parcels_party AS y ON y.id = r.party_id
      WHERE y.kind = 'group' AND r.valid_during @> %(on)s::date
        AND NOT EXISTS (SELECT FROM parcels_groupmember AS m WHERE m.group_id = y.id)
      GROUP BY r.ba_unit_id) AS g ON g.ba_unit_id = t.id
LEFT JOIN LATERAL (SELECT p.id, p.label_point FROM checked_parcel AS p
                   WHERE p.ba_unit_id = t.id ORDER BY p.id LIMIT 1) AS one ON true
WHERE t.office_id = %(office)s
  AND (%(titles)s::bigint[] IS NULL OR t.id = ANY (%(titles)s::bigint[]))
ORDER BY t.id;
