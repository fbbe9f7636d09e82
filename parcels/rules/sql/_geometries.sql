-- The boundaries to check in one zone: the parcels of the office that are measured in it, and, where
-- there are other offices or zones, those of theirs that touch them. With `near`, only these.
SELECT p.id, ST_AsBinary(p.geometry)
FROM checked_parcel AS p
WHERE (%(near)s::bigint[] IS NULL OR p.id = ANY (%(near)s::bigint[]))
  AND ((p.office_id = %(office)s AND p.zone_srid = %(zone)s)
       OR (%(mixed)s AND EXISTS (SELECT FROM checked_parcel AS own
                                 WHERE own.office_id = %(office)s AND own.zone_srid = %(zone)s
                                   AND own.geometry && p.geometry)))
ORDER BY p.id;
