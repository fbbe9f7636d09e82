-- Every sale of an authority in a span of days, with the value that the roll of a year gives its
-- unit. Sales of units that the roll did not value come without a value, and are told so.
SELECT
    sale.id,
    parcel.public_id,
    parcel.tax_parcel_code AS code,
    left(parcel.tax_parcel_code, 2) AS zone,
    sale.sold_on,
    sale.price_satang,
    assessed.value_satang,
    sale.excluded_because
FROM taxmap_sale AS sale
INNER JOIN taxmap_valuationunit AS unit ON unit.id = sale.unit_id
INNER JOIN parcels_parcel AS parcel ON parcel.id = unit.parcel_id
LEFT JOIN taxmap_assessment AS assessed
    ON assessed.unit_id = unit.id AND assessed.tax_year = %(year)s
WHERE unit.local_authority_id = %(authority)s
    AND sale.sold_on >= %(first)s::date AND sale.sold_on < %(last)s::date
ORDER BY parcel.tax_parcel_code, sale.sold_on, sale.id
