-- The register has no boundaries of sub-districts. What can be seen without: a parcel with enough
-- neighbours, every one of which is in another sub-district than it is.
SELECT p.id AS parcel, p.label_point AS place, around.neighbours AS measure,
       jsonb_build_object('sub_district', a.name_th, 'sub_district_en', a.name_en) AS evidence
FROM checked_parcel AS p
JOIN offices_administrativearea AS a ON a.code = p.sub_district_id
CROSS JOIN LATERAL (
    SELECT count(*) AS neighbours,
           count(*) FILTER (WHERE n.sub_district_id = p.sub_district_id) AS alike
    FROM checked_parcel AS n
    WHERE n.geometry && p.geometry AND n.id <> p.id AND n.sub_district_id IS NOT NULL
      AND ST_Intersects(n.geometry, p.geometry)
) AS around
WHERE p.office_id = %(office)s
  AND (%(only)s::bigint[] IS NULL OR p.id = ANY (%(only)s::bigint[]))
  -- Cheap first: most parcels have no neighbour in another sub-district at all.
  AND EXISTS (SELECT FROM checked_parcel AS n
              WHERE n.geometry && p.geometry AND n.sub_district_id <> p.sub_district_id)
  AND around.alike = 0 AND around.neighbours >= %(neighbours)s
ORDER BY p.id;
