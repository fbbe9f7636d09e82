-- Taxable units without an assessment in the year; why is told by the roll's own reading of them.
SELECT unit.parcel_id, unit.id AS unit_id, NULL::bigint AS outline_id, '{}'::jsonb AS facts
FROM taxmap_valuationunit AS unit
INNER JOIN parcels_parcel AS parcel ON parcel.id = unit.parcel_id
WHERE unit.local_authority_id = %(authority)s
    AND unit.is_taxable
    AND parcel.valid_during @> %(on)s::date
    AND NOT EXISTS (
        SELECT FROM taxmap_assessment AS assessed
        WHERE assessed.unit_id = unit.id AND assessed.tax_year = %(year)s
    )
ORDER BY unit.parcel_id, unit.id
