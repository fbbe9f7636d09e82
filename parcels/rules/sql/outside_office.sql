-- Some of the parcel lies beyond the bounds of the office, the farthest corner this far.
SELECT p.id AS parcel, farthest.place, farthest.m AS measure
FROM checked_parcel AS p
JOIN offices_office AS o ON o.id = p.office_id
CROSS JOIN LATERAL (
    SELECT corner.geom AS place,
           ST_Distance(ST_Transform(corner.geom, p.zone_srid),
                       ST_Transform(o.bounds, p.zone_srid)) AS m
    FROM ST_DumpPoints(p.geometry) AS corner
    ORDER BY m DESC, corner.path
    LIMIT 1
) AS farthest
WHERE p.office_id = %(office)s
  AND (%(only)s::bigint[] IS NULL OR p.id = ANY (%(only)s::bigint[]))
  AND o.bounds IS NOT NULL
  AND NOT ST_CoveredBy(p.geometry, o.bounds)
  AND farthest.m > %(tolerance_m)s
ORDER BY p.id;
