-- Where the register would now be assessed otherwise than the bills of a closed year say.
SELECT unit.id, former.tax_satang, row.tax_satang
FROM (
    SELECT assessed.unit_id, assessed.tax_satang, assessed.value_satang, bill.taxpayers
    FROM taxmap_assessment AS assessed
    JOIN taxmap_bill AS bill ON bill.id = assessed.bill_id
    WHERE bill.local_authority_id = %(authority)s AND bill.tax_year = %(year)s
      AND bill.kind = 'land_building'
) AS former
FULL JOIN (
    SELECT row.unit_id, row.tax_satang, row.value_satang, bill.taxpayers
    FROM roll_row AS row JOIN roll_bill AS bill ON bill.taxpayer = row.taxpayer
) AS row ON row.unit_id = former.unit_id
JOIN taxmap_valuationunit AS unit ON unit.id = coalesce(former.unit_id, row.unit_id)
WHERE (former.tax_satang, former.value_satang, former.taxpayers)
      IS DISTINCT FROM (row.tax_satang, row.value_satang, row.taxpayers)
ORDER BY unit.id
