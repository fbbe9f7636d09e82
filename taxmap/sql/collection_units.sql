-- Units of one local authority for a map on paper or in a file: shape, use, price, tax and payments.
-- The prefix is the beginning of the tax parcel code: a zone, or a zone and a block.
SELECT
    parcel.tax_parcel_code AS code,
    parcel.land_number AS land_number,
    CASE WHEN unit.is_taxable THEN coalesce(main.use, 'none') ELSE 'exempt' END AS use,
    price.satang_per_wa AS price_satang,
    assessed.value_satang,
    assessed.tax_satang,
    coalesce(balance.received_satang, 0) AS paid_satang,
    coalesce(balance.due_satang, assessed.tax_satang) AS due_satang,
    extract(year FROM %(today)s::date)::integer - owed.since AS owed_years,
    visited.outcome AS visit,
    ST_AsGeoJSON(ST_Transform(parcel.geometry, %(srid)s), %(digits)s)::json AS shape,
    ST_AsGeoJSON(ST_Transform(parcel.label_point, %(srid)s), %(digits)s)::json AS label
FROM taxmap_valuationunit AS unit
INNER JOIN parcels_parcel AS parcel ON parcel.id = unit.parcel_id
LEFT JOIN taxmap_land_prices(%(on)s::date) AS price ON price.unit_id = unit.id
LEFT JOIN LATERAL (
    SELECT part.use FROM taxmap_unituse AS part
    WHERE part.unit_id = unit.id AND part.valid_during @> %(on)s::date
    ORDER BY part.share_percent DESC, part.id LIMIT 1
) AS main ON true
LEFT JOIN taxmap_assessment AS assessed
    ON assessed.unit_id = unit.id AND assessed.tax_year = %(year)s
LEFT JOIN taxmap_balance AS balance ON balance.assessment_id = assessed.id
LEFT JOIN LATERAL (
    SELECT min(former.tax_year) AS since
    FROM taxmap_assessment AS former
    INNER JOIN taxmap_balance AS still ON still.assessment_id = former.id
    WHERE former.unit_id = unit.id AND still.due_satang > 0
) AS owed ON true
LEFT JOIN LATERAL (
    SELECT visit.outcome FROM taxmap_visit AS visit
    WHERE visit.unit_id = unit.id
    ORDER BY visit.visited_at DESC, visit.id DESC
    LIMIT 1
) AS visited ON true
WHERE unit.local_authority_id = %(authority)s
    -- A plot that ended during the year is still owed for: it is drawn as it was assessed.
    AND (parcel.valid_during @> %(today)s::date OR assessed.id IS NOT NULL)
    AND parcel.tax_parcel_code LIKE %(prefix)s
ORDER BY parcel.tax_parcel_code
LIMIT %(limit)s
