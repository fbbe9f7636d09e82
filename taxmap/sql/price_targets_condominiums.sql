UPDATE price_row SET target = condominium.id::text, targets = 1
FROM taxmap_condominium AS condominium
WHERE price_row.reason = '' AND condominium.local_authority_id = %(authority)s
  AND condominium.registration = price_row.key;
