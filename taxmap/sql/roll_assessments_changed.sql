UPDATE taxmap_assessment AS former
SET bill_id = bill.bill_id, value_satang = row.value_satang, tax_satang = row.tax_satang,
    exemption_satang = row.exemption_satang, joint_group = row.joint_group, lines = row.lines,
    assessed_at = %(now)s
FROM roll_row AS row
JOIN roll_bill AS bill ON bill.taxpayer = row.taxpayer
WHERE former.unit_id = row.unit_id AND former.tax_year = %(year)s
  AND (former.bill_id, former.value_satang, former.exemption_satang, former.tax_satang,
       former.joint_group, former.lines)
      IS DISTINCT FROM
      (bill.bill_id, row.value_satang, row.exemption_satang, row.tax_satang,
       row.joint_group, row.lines)
