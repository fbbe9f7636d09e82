-- The list of the authority's own province; those of the other provinces are not ours to refuse.
UPDATE price_row SET target = office.province_id, targets = 1
FROM offices_office AS office
WHERE price_row.reason = '' AND office.id = %(authority)s AND office.province_id = price_row.key;

UPDATE price_row SET reason = 'elsewhere' WHERE reason IN ('', 'price_missing') AND target IS NULL
    AND key IS DISTINCT FROM (SELECT province_id FROM offices_office WHERE id = %(authority)s);
