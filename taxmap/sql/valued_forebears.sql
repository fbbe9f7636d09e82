-- The nearest valued parcels that a piece came of, with the ground they share in m² of its zone.
-- A forebear that is valued ends its line: what it came of speaks through it.
WITH RECURSIVE line AS (
    SELECT lineage.parent_id AS parcel_id
    FROM parcels_parcellineage AS lineage WHERE lineage.child_id = %(piece)s
    UNION
    SELECT lineage.parent_id
    FROM line
    JOIN parcels_parcellineage AS lineage ON lineage.child_id = line.parcel_id
    WHERE NOT EXISTS (
        SELECT FROM taxmap_valuationunit AS unit
        WHERE unit.parcel_id = line.parcel_id AND unit.owner_id IS NULL
          AND unit.condominium_unit_id IS NULL
    )
)

SELECT unit.id, ST_Area(ST_Intersection(
    ST_Transform(piece.geometry, piece.zone_srid), ST_Transform(parent.geometry, piece.zone_srid)
)) AS shared_m2
FROM line
JOIN parcels_parcel AS parent ON parent.id = line.parcel_id
JOIN taxmap_valuationunit AS unit ON unit.parcel_id = parent.id
    AND unit.owner_id IS NULL AND unit.condominium_unit_id IS NULL
JOIN parcels_parcel AS piece ON piece.id = %(piece)s
ORDER BY shared_m2 DESC, unit.id
