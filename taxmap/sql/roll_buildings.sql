-- What stood on the units on 1 January, with the price of that day; a condominium unit is its floor.
SELECT price.unit_id, building.code, building.structure, building.floor_area_m2 AS floor_m2,
       price.satang_per_m2,
       greatest(extract(year FROM %(on)s::date)::integer - building.built_in, 0) AS age
FROM taxmap_building_prices(%(on)s::date) AS price
JOIN taxmap_building AS building ON building.id = price.building_id
WHERE price.unit_id IN (SELECT unit_id FROM roll_asked WHERE kind <> 'condominium_unit')
UNION ALL
SELECT asked.unit_id, '', NULL, asked.flat_m2, price.satang_per_m2, NULL
FROM roll_asked AS asked
JOIN taxmap_condominium_prices(%(on)s::date) AS price
    ON price.condominium_unit_id = asked.condominium_unit_id
