-- Every assessment of a roll as one line of text, each hashed, in the order of units, hashed again.
SELECT encode(sha256(convert_to(coalesce(string_agg(
    md5(concat_ws('|',
        assessed.unit_id, bill.taxpayers::text, assessed.value_satang, assessed.exemption_satang,
        assessed.tax_satang, coalesce(assessed.joint_group, 0), assessed.lines::text
    )), '' ORDER BY assessed.unit_id
), ''), 'UTF8')), 'hex')
FROM taxmap_assessment AS assessed
JOIN taxmap_bill AS bill ON bill.id = assessed.bill_id
WHERE bill.local_authority_id = %(authority)s AND bill.tax_year = %(year)s
  AND bill.kind = 'land_building'
