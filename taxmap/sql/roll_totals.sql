-- What the bills of a year say, what their assessments say, and how many bills differ from theirs.
SELECT coalesce(sum(bill.tax_satang), 0), coalesce(sum(total.tax_satang), 0),
       count(*) FILTER (
           WHERE (bill.units, bill.value_satang, bill.exemption_satang, bill.tax_satang)
           IS DISTINCT FROM
           (total.units, total.value_satang, total.exemption_satang, total.tax_satang)
       )
FROM taxmap_bill AS bill
LEFT JOIN (
    SELECT assessed.bill_id, count(*) AS units, sum(assessed.value_satang) AS value_satang,
           sum(assessed.exemption_satang) AS exemption_satang,
           sum(assessed.tax_satang) AS tax_satang
    FROM taxmap_assessment AS assessed
    WHERE assessed.tax_year = %(year)s
    GROUP BY assessed.bill_id
) AS total ON total.bill_id = bill.id
WHERE bill.local_authority_id = %(authority)s AND bill.tax_year = %(year)s
  AND bill.kind = 'land_building'
