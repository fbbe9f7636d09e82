-- Sheet 5 of the LTAX worklist: what each building is used for. Uses are recorded of the whole unit:
-- dwelling together with trade is LTAX's mixed use, and a single use takes every floor.
SELECT
    parcel.tax_parcel_code || '-' || building.code AS building_code,
    CASE
        WHEN part.homes AND part.trade THEN 'mixed'
        ELSE part.main
    END AS use,
    CASE WHEN part.number = 1 THEN 'Y' END AS whole,
    building.floor_area_m2,
    coalesce(unit.owner_id::text, holders.list) AS owners
FROM taxmap_building AS building
INNER JOIN taxmap_valuationunit AS unit ON unit.id = building.unit_id
INNER JOIN parcels_parcelstate AS parcel
    ON parcel.parcel_id = unit.parcel_id
    AND parcel.valid_during @> %(on)s::date AND upper_inf(parcel.recorded_during)
CROSS JOIN LATERAL (
    SELECT
        count(*) AS number,
        bool_or(each.use IN ('main_home', 'residential')) AS homes,
        bool_or(each.use = 'other') AS trade,
        (array_agg(each.use ORDER BY each.share_percent DESC, each.use))[1] AS main
    FROM taxmap_unituse AS each
    WHERE each.unit_id = unit.id AND each.valid_during @> %(on)s::date
) AS part
LEFT JOIN LATERAL (
    SELECT string_agg(DISTINCT held.party_id::text, ';' ORDER BY held.party_id::text) AS list
    FROM parcels_right AS held
    WHERE held.ba_unit_id = parcel.ba_unit_id AND held.valid_during @> %(on)s::date
) AS holders ON true
WHERE unit.local_authority_id = %(authority)s
    AND building.valid_during @> %(on)s::date
    AND part.number > 0
ORDER BY building_code, building.id
