UPDATE price_row SET target = zone.id::text, targets = 1
FROM taxmap_taxzone AS zone
WHERE price_row.reason = '' AND zone.local_authority_id = %(authority)s AND zone.code = price_row.key;
