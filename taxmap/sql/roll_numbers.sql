-- The drafts of a year in the order of their numbers: by the lowest code of what they tax.
SELECT bill.id
FROM taxmap_bill AS bill
LEFT JOIN LATERAL (
    SELECT min(coalesce(parcel.tax_parcel_code, signboard.code) COLLATE "C") AS code
    FROM taxmap_assessment AS assessed
    LEFT JOIN taxmap_valuationunit AS unit ON unit.id = assessed.unit_id
    LEFT JOIN parcels_parcel AS parcel ON parcel.id = unit.parcel_id
    LEFT JOIN taxmap_signboard AS signboard ON signboard.id = assessed.signboard_id
    WHERE assessed.bill_id = bill.id
) AS lowest ON true
WHERE bill.local_authority_id = %(authority)s AND bill.tax_year = %(year)s
  AND bill.kind = %(kind)s AND bill.number IS NULL
ORDER BY lowest.code, bill.taxpayers
