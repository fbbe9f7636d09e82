-- Titles of the office in force that an import may already know, by kind, number and district.
SELECT id, title_type, deed_number, coalesce(district_id, '') AS district
FROM parcels_baunit
WHERE office_id = %(office)s
  AND deed_number = ANY (%(numbers)s)
  AND valid_during @> %(day)s
ORDER BY id DESC
