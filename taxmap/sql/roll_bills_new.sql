INSERT INTO taxmap_bill (
    id, local_authority_id, kind, tax_year, taxpayers, reference_1, units, value_satang,
    exemption_satang, tax_satang, assessed_at
)
SELECT bill_id, %(authority)s, 'land_building', %(year)s, taxpayers, '', units, value_satang,
       exemption_satang, tax_satang, %(now)s
FROM roll_bill WHERE is_new
