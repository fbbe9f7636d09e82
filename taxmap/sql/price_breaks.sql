-- Land prices (baht per square wa) at the given quantiles of the taxable units of an authority.
SELECT percentile_disc(%(quantiles)s::float8[]) WITHIN GROUP (ORDER BY priced.satang / 100)
FROM (
    SELECT price.satang_per_wa AS satang
    FROM taxmap_valuationunit AS unit
    LEFT JOIN taxmap_land_prices(%(on)s::date) AS price ON price.unit_id = unit.id
    WHERE unit.local_authority_id = %(authority)s AND unit.is_taxable
) AS priced
