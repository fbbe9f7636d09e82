-- The parcel is in force on the day, the title it belongs to is not.
SELECT p.id AS parcel, p.label_point AS place, t.id AS title
FROM checked_parcel AS p
JOIN parcels_baunit AS t ON t.id = p.ba_unit_id
WHERE p.office_id = %(office)s
  AND (%(only)s::bigint[] IS NULL OR p.id = ANY (%(only)s::bigint[]))
  AND NOT t.valid_during @> %(on)s::date
ORDER BY p.id;
