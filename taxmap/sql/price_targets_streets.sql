-- The street of this name, with or without the word for street, blanks apart.
UPDATE price_row SET target = found.target, targets = found.targets
FROM (
    SELECT row.line, min(street.id)::text AS target, count(*) AS targets
    FROM price_row AS row
    JOIN taxmap_street AS street
        ON replace(regexp_replace(street.name_th, '^ถนน', ''), ' ', '') = row.key
        AND street.local_authority_id = %(authority)s
    WHERE row.reason = ''
    GROUP BY row.line
) AS found
WHERE found.line = price_row.line;
