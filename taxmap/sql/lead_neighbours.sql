-- Land units with what the units around them are used for. The reach is in degrees (30 m is
-- 0.00027): the spatial index serves, and the error is told in docs/algorithms/missing-tax.md.
WITH used AS MATERIALIZED (
    SELECT unit.id, unit.parcel_id, parcel.geometry, parcel.calculated_area_m2 AS area_m2,
           CASE part.use WHEN 'main_home' THEN 'residential' ELSE part.use END AS use
    FROM taxmap_valuationunit AS unit
    INNER JOIN parcels_parcel AS parcel
        ON parcel.id = unit.parcel_id AND parcel.valid_during @> %(on)s::date
    LEFT JOIN LATERAL (
        SELECT each.use FROM taxmap_unituse AS each
        WHERE each.unit_id = unit.id AND each.valid_during @> %(on)s::date
        ORDER BY each.share_percent DESC, each.use LIMIT 1
    ) AS part ON true
    WHERE unit.local_authority_id = %(authority)s AND unit.is_taxable
        AND unit.owner_id IS NULL AND unit.condominium_unit_id IS NULL
)
SELECT mine.parcel_id, mine.id AS unit_id, mine.use, mine.area_m2,
       count(*) FILTER (WHERE theirs.use = 'agriculture') AS agriculture,
       count(*) FILTER (WHERE theirs.use = 'residential') AS residential,
       count(*) FILTER (WHERE theirs.use = 'other') AS other,
       count(*) FILTER (WHERE theirs.use = 'vacant') AS vacant
FROM used AS mine
INNER JOIN parcels_parcel AS near
    ON ST_DWithin(near.geometry, mine.geometry, %(reach)s) AND near.id <> mine.parcel_id
INNER JOIN used AS theirs ON theirs.parcel_id = near.id
GROUP BY mine.parcel_id, mine.id, mine.use, mine.area_m2
ORDER BY mine.id
