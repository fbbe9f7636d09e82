INSERT INTO taxmap_assessment (
    bill_id, unit_id, tax_year, value_satang, exemption_satang, tax_satang, joint_group, lines,
    assessed_at
)
SELECT bill.bill_id, row.unit_id, %(year)s, row.value_satang, row.exemption_satang, row.tax_satang,
       row.joint_group, row.lines, %(now)s
FROM roll_row AS row
JOIN roll_bill AS bill ON bill.taxpayer = row.taxpayer
WHERE %(first)s OR NOT EXISTS (
    SELECT FROM taxmap_assessment AS former
    WHERE former.unit_id = row.unit_id AND former.tax_year = %(year)s
)
