SELECT p.id AS parcel, p.label_point AS place
FROM checked_parcel AS p
WHERE p.office_id = %(office)s
  AND (%(only)s::bigint[] IS NULL OR p.id = ANY (%(only)s::bigint[]))
  AND p.sub_district_id IS NULL AND NOT p.is_new
ORDER BY p.id;
