-- Sheet 3 of the LTAX worklist: each use of each parcel, with its part of the area.
-- Vacant land is told by how long it has been vacant in a row on that day: from 3 and from 6 years.
SELECT
    parcel.tax_parcel_code AS parcel_code,
    CASE
        WHEN part.use <> 'vacant' THEN part.use
        WHEN lower(spell.during) <= %(on)s::date - interval '6 years' THEN 'vacant_6'
        WHEN lower(spell.during) <= %(on)s::date - interval '3 years' THEN 'vacant_3'
        ELSE 'vacant'
    END AS use,
    div(area.wa, 400) AS rai,
    div(mod(area.wa, 400), 100) AS ngan,
    mod(area.wa, 100) AS wa,
    holders.list AS owners
FROM taxmap_valuationunit AS unit
INNER JOIN parcels_parcelstate AS parcel
    ON parcel.parcel_id = unit.parcel_id
    AND parcel.valid_during @> %(on)s::date AND upper_inf(parcel.recorded_during)
INNER JOIN taxmap_unituse AS part
    ON part.unit_id = unit.id AND part.valid_during @> %(on)s::date
CROSS JOIN LATERAL (
    SELECT round(part.share_percent / 100 * coalesce(
        parcel.legal_area_m2, ST_Area(ST_Transform(parcel.geometry, parcel.zone_srid))::numeric
    ) / 4, 1) AS wa
) AS area
LEFT JOIN LATERAL (
    SELECT each AS during
    FROM (
        SELECT unnest(range_agg(vacant.valid_during)) AS each
        FROM taxmap_unituse AS vacant WHERE vacant.unit_id = unit.id AND vacant.use = 'vacant'
    ) AS spells
    WHERE each @> %(on)s::date
) AS spell ON true
LEFT JOIN LATERAL (
    SELECT string_agg(DISTINCT held.party_id::text, ';' ORDER BY held.party_id::text) AS list
    FROM parcels_right AS held
    WHERE held.ba_unit_id = parcel.ba_unit_id AND held.valid_during @> %(on)s::date
) AS holders ON true
WHERE unit.local_authority_id = %(authority)s
    AND unit.owner_id IS NULL
    AND unit.condominium_unit_id IS NULL
ORDER BY parcel.tax_parcel_code, parcel.parcel_id, part.use
