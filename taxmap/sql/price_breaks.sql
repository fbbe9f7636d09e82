-- Land prices (baht per square wa) at the given quantiles of the taxable units of an authority.
SELECT percentile_disc(%(quantiles)s::float8[]) WITHIN GROUP (ORDER BY priced.satang / 100)
FROM (
    SELECT coalesce(unit.satang_per_wa, price.satang_per_wa) AS satang
    FROM taxmap_valuationunit AS unit
    LEFT JOIN taxmap_landprice AS price
        ON price.street_id = unit.street_id AND price.valid_during @> %(on)s::date
    WHERE unit.local_authority_id = %(authority)s AND unit.is_taxable
) AS priced
