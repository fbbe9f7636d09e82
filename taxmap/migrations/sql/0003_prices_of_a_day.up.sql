-- Which appraised price holds on a day. The one place of the rule: docs/algorithms/valuation.md.
-- Plain SQL functions, so that the planner sees through them and joins whole tables.

-- Land: the parcel's own price, else that of its street, else that of its zone.
CREATE FUNCTION taxmap_land_prices(day date)
RETURNS TABLE (unit_id bigint, satang_per_wa bigint, source text)
LANGUAGE sql STABLE AS $$
    SELECT unit.id,
           coalesce(own.satang_per_wa, street.satang_per_wa, zone.satang_per_wa),
           CASE WHEN own.id IS NOT NULL THEN 'parcel'
                WHEN street.id IS NOT NULL THEN 'street'
                WHEN zone.id IS NOT NULL THEN 'zone' END
    FROM taxmap_valuationunit AS unit
    LEFT JOIN taxmap_landprice AS own
        ON own.parcel_id = unit.parcel_id AND own.valid_during @> day
    LEFT JOIN taxmap_landprice AS street
        ON street.street_id = unit.street_id AND street.valid_during @> day
    LEFT JOIN taxmap_landprice AS zone
        ON zone.zone_id = unit.zone_id AND zone.valid_during @> day
$$;

-- Buildings that stood that day: the authority's own list, else that of its province.
CREATE FUNCTION taxmap_building_prices(day date)
RETURNS TABLE (building_id bigint, unit_id bigint, satang_per_m2 bigint, source text)
LANGUAGE sql STABLE AS $$
    SELECT building.id, building.unit_id,
           coalesce(own.satang_per_m2, province.satang_per_m2),
           CASE WHEN own.id IS NOT NULL THEN 'authority'
                WHEN province.id IS NOT NULL THEN 'province' END
    FROM taxmap_building AS building
    JOIN taxmap_valuationunit AS unit ON unit.id = building.unit_id
    JOIN offices_office AS authority ON authority.id = unit.local_authority_id
    LEFT JOIN taxmap_buildingprice AS own
        ON own.local_authority_id = authority.id AND own.type_code = building.type_code
        AND own.valid_during @> day
    LEFT JOIN taxmap_buildingprice AS province
        ON province.province_id = authority.province_id
        AND province.type_code = building.type_code AND province.valid_during @> day
    WHERE building.valid_during @> day
$$;

-- Condominium units: the price of their floor, else that of the whole condominium.
CREATE FUNCTION taxmap_condominium_prices(day date)
RETURNS TABLE (condominium_unit_id bigint, satang_per_m2 bigint, source text)
LANGUAGE sql STABLE AS $$
    SELECT each.id,
           coalesce(floor.satang_per_m2, whole.satang_per_m2),
           CASE WHEN floor.id IS NOT NULL THEN 'floor'
                WHEN whole.id IS NOT NULL THEN 'condominium' END
    FROM taxmap_condominiumunit AS each
    LEFT JOIN taxmap_condominiumprice AS floor
        ON floor.condominium_id = each.condominium_id AND floor.floor = each.floor
        AND floor.floor <> '' AND floor.valid_during @> day
    LEFT JOIN taxmap_condominiumprice AS whole
        ON whole.condominium_id = each.condominium_id AND whole.floor = ''
        AND whole.valid_during @> day
$$;

COMMENT ON FUNCTION taxmap_land_prices(date) IS 'ราคาประเมินที่ดินของแต่ละหน่วยในวันที่ระบุ';
COMMENT ON FUNCTION taxmap_building_prices(date) IS 'ราคาประเมินสิ่งปลูกสร้างที่มีอยู่ในวันที่ระบุ';
COMMENT ON FUNCTION taxmap_condominium_prices(date) IS 'ราคาประเมินห้องชุดในวันที่ระบุ';
