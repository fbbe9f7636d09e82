UPDATE taxmap_bill AS former
SET units = bill.units, value_satang = bill.value_satang, tax_satang = bill.tax_satang,
    exemption_satang = bill.exemption_satang, assessed_at = %(now)s
FROM roll_bill AS bill
WHERE former.id = bill.bill_id AND NOT bill.is_new
  AND (former.units, former.value_satang, former.exemption_satang, former.tax_satang)
      IS DISTINCT FROM (bill.units, bill.value_satang, bill.exemption_satang, bill.tax_satang)
