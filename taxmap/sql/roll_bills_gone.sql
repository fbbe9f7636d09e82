DELETE FROM taxmap_bill AS former
WHERE former.local_authority_id = %(authority)s AND former.tax_year = %(year)s
  AND former.kind = 'land_building'
  AND former.id NOT IN (SELECT bill_id FROM roll_bill)
