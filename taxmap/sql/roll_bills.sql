-- One bill for each set of owners; the one that they have, else a new one.
SELECT total.taxpayer,
       coalesce(former.id, nextval('taxmap_bill_id_seq')) AS bill_id,
       former.id IS NULL AS is_new,
       holder.taxpayers,
       total.units,
       total.value_satang,
       total.exemption_satang,
       total.tax_satang
FROM (
    SELECT taxpayer, count(*) AS units, sum(value_satang)::bigint AS value_satang,
           sum(exemption_satang)::bigint AS exemption_satang, sum(tax_satang)::bigint AS tax_satang
    FROM roll_row GROUP BY taxpayer
) AS total
JOIN (
    SELECT DISTINCT ON (taxpayer) taxpayer, taxpayers FROM roll_holder ORDER BY taxpayer
) AS holder ON holder.taxpayer = total.taxpayer
LEFT JOIN taxmap_bill AS former
    ON former.local_authority_id = %(authority)s AND former.tax_year = %(year)s
    AND former.kind = 'land_building' AND former.taxpayers = holder.taxpayers
