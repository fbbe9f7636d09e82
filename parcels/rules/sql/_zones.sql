SELECT DISTINCT p.zone_srid
FROM checked_parcel AS p
WHERE p.office_id = %(office)s
  AND (%(only)s::bigint[] IS NULL OR p.id = ANY (%(only)s::bigint[]))
ORDER BY p.zone_srid;
