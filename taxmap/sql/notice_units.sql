-- What letters say of assessed units: the stored sheet, the plot with its box and label in its
-- zone, the title, the condominium. One row for each assessment asked for.
SELECT assessed.id,
       assessed.bill_id,
       assessed.unit_id,
       assessed.tax_satang,
       assessed.lines AS sheet,
       parcel.id AS parcel_id,
       parcel.tax_parcel_code AS code,
       parcel.house_number,
       parcel.street_th,
       parcel.street_en,
       parcel.sub_district_id,
       coalesce(room_title.title_type, title.title_type, '') AS title_type,
       coalesce(room_title.deed_number, title.deed_number, '') AS deed_number,
       coalesce(house.name, '') AS condominium,
       coalesce(house.registration, '') AS registration,
       coalesce(room.number, '') AS room,
       parcel.zone_srid AS srid,
       ST_XMin(shape.box) AS west, ST_YMin(shape.box) AS south,
       ST_XMax(shape.box) AS east, ST_YMax(shape.box) AS north,
       ST_X(shape.label) AS label_x, ST_Y(shape.label) AS label_y
FROM taxmap_assessment AS assessed
JOIN taxmap_valuationunit AS unit ON unit.id = assessed.unit_id
JOIN parcels_parcel AS parcel ON parcel.id = unit.parcel_id
LEFT JOIN parcels_baunit AS title ON title.id = parcel.ba_unit_id
LEFT JOIN taxmap_condominiumunit AS room ON room.id = unit.condominium_unit_id
LEFT JOIN taxmap_condominium AS house ON house.id = room.condominium_id
LEFT JOIN parcels_baunit AS room_title ON room_title.id = room.ba_unit_id
CROSS JOIN LATERAL (
    SELECT Box2D(ST_Transform(parcel.geometry, parcel.zone_srid)) AS box,
           ST_Transform(parcel.label_point, parcel.zone_srid) AS label
) AS shape
WHERE assessed.id = ANY(%(assessments)s)
ORDER BY parcel.tax_parcel_code, room.number NULLS FIRST, assessed.unit_id
