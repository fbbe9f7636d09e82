-- What the units were used for on 1 January, the largest share first.
SELECT part.unit_id, part.use, part.share_percent, part.in_house_registration
FROM roll_asked AS asked
JOIN taxmap_unituse AS part ON part.unit_id = asked.unit_id
WHERE part.valid_during @> %(on)s::date
