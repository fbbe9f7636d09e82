-- Back to what holds today; what was true earlier is lost with the columns that told it.

UPDATE taxmap_valuationunit AS unit
SET satang_per_wa = price.satang_per_wa
FROM taxmap_landprice AS price
WHERE price.parcel_id = unit.parcel_id AND price.valid_during @> current_date;

UPDATE taxmap_valuationunit AS unit
SET in_house_registration = coalesce(part.in_house_registration, false)
FROM taxmap_unituse AS part
WHERE part.unit_id = unit.id AND part.use = 'main_home' AND part.valid_during @> current_date;

UPDATE taxmap_valuationunit AS unit
SET vacant_since = extract(year FROM lower(part.valid_during))
FROM taxmap_unituse AS part
WHERE part.unit_id = unit.id AND part.use = 'vacant' AND part.valid_during @> current_date;

UPDATE taxmap_building AS building
SET satang_per_m2 = coalesce((
    SELECT price.satang_per_m2 FROM taxmap_buildingprice AS price
    WHERE price.type_code = building.type_code AND price.valid_during @> current_date
    ORDER BY price.local_authority_id NULLS LAST LIMIT 1
), 0);

DELETE FROM taxmap_landprice WHERE street_id IS NULL;
DELETE FROM taxmap_unituse WHERE NOT valid_during @> current_date;
DELETE FROM taxmap_building WHERE NOT valid_during @> current_date;

SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
