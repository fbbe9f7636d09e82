-- The figures of one tax year for the units whose label lies in a window, by one grouping and in
-- total (the row whose part is null). West and south belong to the window, east and north to the
-- next: windows side by side add up to the whole. docs/algorithms/collection-map.md, section 5.
SELECT
    held.part,
    count(*) FILTER (WHERE held.is_taxable) AS units,
    count(held.tax_satang) AS assessed_units,
    count(*) FILTER (WHERE coalesce(held.due_satang, held.tax_satang) > 0) AS owing_units,
    coalesce(sum(coalesce(held.charged_satang, held.tax_satang)), 0)::bigint AS assessed_satang,
    coalesce(sum(held.late_satang), 0)::bigint AS late_satang,
    coalesce(sum(held.waived_satang), 0)::bigint AS waived_satang,
    coalesce(sum(held.received_satang), 0)::bigint AS collected_satang,
    coalesce(sum(coalesce(held.due_satang, held.tax_satang)), 0)::bigint AS outstanding_satang
FROM (
    SELECT
        CASE %(grouping)s
            WHEN 'zone' THEN left(parcel.tax_parcel_code, 2)
            WHEN 'block' THEN left(parcel.tax_parcel_code, 3)
            ELSE coalesce(street.name_th, '')
        END AS part,
        unit.is_taxable,
        assessed.tax_satang,
        balance.charged_satang,
        balance.penalty_satang + balance.surcharge_satang AS late_satang,
        balance.waived_satang,
        balance.received_satang,
        balance.due_satang
    FROM taxmap_valuationunit AS unit
    INNER JOIN parcels_parcel AS parcel ON parcel.id = unit.parcel_id
    LEFT JOIN taxmap_street AS street ON street.id = unit.street_id
    LEFT JOIN taxmap_assessment AS assessed
        ON assessed.unit_id = unit.id AND assessed.tax_year = %(year)s
    LEFT JOIN taxmap_balance AS balance ON balance.assessment_id = assessed.id
    WHERE unit.local_authority_id = %(authority)s
        -- A plot that ended during the year is still owed for.
        AND (parcel.valid_during @> %(today)s::date OR assessed.id IS NOT NULL)
        AND parcel.tax_parcel_code LIKE %(area)s || '%%'
        AND parcel.geometry && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
        AND ST_X(parcel.label_point) >= %(west)s AND ST_X(parcel.label_point) < %(east)s
        AND ST_Y(parcel.label_point) >= %(south)s AND ST_Y(parcel.label_point) < %(north)s
) AS held
GROUP BY GROUPING SETS ((held.part), ())
ORDER BY grouping(held.part), held.part
