-- No parcel, in force or ended, was ever on this title.
SELECT t.id AS title
FROM checked_title AS t
WHERE t.office_id = %(office)s
  AND (%(titles)s::bigint[] IS NULL OR t.id = ANY (%(titles)s::bigint[]))
  AND NOT EXISTS (SELECT FROM parcels_parcel AS p WHERE p.ba_unit_id = t.id)
  AND NOT EXISTS (SELECT FROM parcels_parcelversion AS v WHERE v.ba_unit_id = t.id)
ORDER BY t.id;
