-- ผ.ท.4: each owner with each unit, as registered on 1 January, with the year's value and tax.
-- Value and tax are those of the whole unit and stand beside its first owner only, so that the
-- columns add up to the roll.
SELECT
    row_number() OVER (ORDER BY held.owner COLLATE "C", parcel.tax_parcel_code, unit.id, held.rank)
        AS position,
    held.owner,
    held.share,
    CASE
        WHEN flat.id IS NOT NULL THEN 'condominium_unit'
        WHEN unit.owner_id IS NOT NULL THEN 'building'
        ELSE 'land'
    END AS kind,
    parcel.tax_parcel_code AS parcel_code,
    coalesce(title.title_type, '') AS title_type,
    coalesce(title.deed_number, '') AS deed_number,
    coalesce(sheet.name, '') AS map_sheet,
    parcel.land_number,
    coalesce(title.survey_page, '') AS survey_page,
    div(area.wa, 400) AS rai,
    div(mod(area.wa, 400), 100) AS ngan,
    mod(area.wa, 100) AS wa,
    coalesce(used.list, '') AS uses,
    coalesce(built.number, 0) AS buildings,
    parcel.house_number,
    CASE WHEN held.rank = 1 THEN round(assessed.value_satang / 100.0, 2) END AS value,
    CASE WHEN held.rank = 1 THEN round(assessed.tax_satang / 100.0, 2) END AS tax
FROM taxmap_valuationunit AS unit
INNER JOIN parcels_parcelstate AS parcel
    ON parcel.parcel_id = unit.parcel_id
    AND parcel.valid_during @> %(on)s::date AND upper_inf(parcel.recorded_during)
LEFT JOIN taxmap_condominiumunit AS flat ON flat.id = unit.condominium_unit_id
LEFT JOIN parcels_baunit AS title
    ON title.id = CASE WHEN flat.id IS NULL THEN parcel.ba_unit_id ELSE flat.ba_unit_id END
LEFT JOIN parcels_mapsheet AS sheet ON sheet.id = parcel.map_sheet_id
LEFT JOIN taxmap_assessment AS assessed
    ON assessed.unit_id = unit.id AND assessed.tax_year = %(year)s
CROSS JOIN LATERAL (
    SELECT round(coalesce(
        parcel.legal_area_m2, ST_Area(ST_Transform(parcel.geometry, parcel.zone_srid))::numeric
    ) / 4, 1) AS wa
) AS area
LEFT JOIN LATERAL (
    SELECT
        named.owner,
        named.share,
        row_number() OVER (ORDER BY named.share_part DESC, named.owner, named.id) AS rank
    FROM (
        SELECT
            party.id,
            trim(party.title || party.name || ' ' || party.surname) AS owner,
            own.share_numerator || '/' || own.share_denominator AS share,
            own.share_numerator::numeric / own.share_denominator AS share_part
        FROM parcels_right AS own
        INNER JOIN parcels_party AS party ON party.id = own.party_id
        WHERE own.ba_unit_id = title.id
            AND own.valid_during @> %(on)s::date
            AND unit.owner_id IS NULL
        UNION ALL
        SELECT party.id, trim(party.title || party.name || ' ' || party.surname), '1/1', 1
        FROM parcels_party AS party WHERE party.id = unit.owner_id
    ) AS named
) AS held ON true
LEFT JOIN LATERAL (
    SELECT string_agg(
        CASE part.use
            WHEN 'agriculture' THEN 'เกษตรกรรม' WHEN 'main_home' THEN 'บ้านหลังหลัก'
            WHEN 'residential' THEN 'ที่อยู่อาศัย' WHEN 'other' THEN 'อื่น ๆ'
            ELSE 'ว่างเปล่า' END || ' ' || trim_scale(part.share_percent) || '%%',
        ', ' ORDER BY part.share_percent DESC, part.use
    ) AS list
    FROM taxmap_unituse AS part
    WHERE part.unit_id = unit.id AND part.valid_during @> %(on)s::date
) AS used ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS number FROM taxmap_building AS building
    WHERE building.unit_id = unit.id AND building.valid_during @> %(on)s::date
) AS built ON true
WHERE unit.local_authority_id = %(authority)s
    AND parcel.tax_parcel_code LIKE %(area)s || '%%'
ORDER BY position
