DELETE FROM taxmap_assessment AS former
USING taxmap_valuationunit AS unit
WHERE unit.id = former.unit_id AND unit.local_authority_id = %(authority)s
  AND former.tax_year = %(year)s
  AND former.unit_id NOT IN (SELECT unit_id FROM roll_row)
