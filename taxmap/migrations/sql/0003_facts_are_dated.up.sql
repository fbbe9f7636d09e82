-- What was recorded without a day is taken as true from 1 January 2020, the first tax year of the
-- Act; a vacant plot since the January of its first vacant year, a building since it was finished.

UPDATE taxmap_unituse AS part
SET valid_during = daterange(
        CASE WHEN part.use = 'vacant' AND unit.vacant_since > 2020
             THEN make_date(unit.vacant_since, 1, 1) ELSE date '2020-01-01' END,
        NULL
    ),
    in_house_registration = part.use = 'main_home' AND unit.in_house_registration
FROM taxmap_valuationunit AS unit
WHERE unit.id = part.unit_id;

-- Uses that share a unit with a vacant part begin with it: their shares total 100 together.
UPDATE taxmap_unituse AS part
SET valid_during = vacant.valid_during
FROM taxmap_unituse AS vacant
WHERE vacant.unit_id = part.unit_id AND vacant.use = 'vacant';

UPDATE taxmap_building
SET valid_during = daterange(make_date(greatest(built_in::integer, 1000), 1, 1), NULL);

INSERT INTO taxmap_landprice (parcel_id, satang_per_wa, valid_during)
SELECT parcel_id, satang_per_wa, daterange(date '2020-01-01', NULL)
FROM taxmap_valuationunit WHERE satang_per_wa IS NOT NULL;

INSERT INTO taxmap_buildingprice
    (local_authority_id, type_code, type_name, satang_per_m2, valid_during)
SELECT DISTINCT ON (unit.local_authority_id, building.type_code)
    unit.local_authority_id, building.type_code, building.type_name, building.satang_per_m2,
    daterange(date '2020-01-01', NULL)
FROM taxmap_building AS building
JOIN taxmap_valuationunit AS unit ON unit.id = building.unit_id
ORDER BY unit.local_authority_id, building.type_code, building.id;

UPDATE taxmap_valuationunit AS unit
SET zone_id = zone.id
FROM taxmap_taxzone AS zone, parcels_parcel AS parcel
WHERE parcel.id = unit.parcel_id
  AND zone.local_authority_id = unit.local_authority_id
  AND zone.code = left(parcel.tax_parcel_code, 2);

-- Queued checks would keep the tables from being altered in the same transaction.
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
