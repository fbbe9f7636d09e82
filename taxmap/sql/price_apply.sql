-- Prices from a day on: what stays is left alone, what changes ends the day before, and a price
-- that was already known to begin later keeps its time. Afterwards reason tells what became of
-- each row: added, changed or unchanged.
UPDATE price_row AS row SET reason = 'unchanged'
FROM {table} AS price
WHERE row.reason = '' AND {same} AND price.valid_during @> %(from)s::date
  AND price.{price} = row.satang;

UPDATE price_row AS row SET reason = 'changed'
FROM {table} AS price
WHERE row.reason = '' AND {same} AND price.valid_during @> %(from)s::date;

-- A price of the very same day was never in force before: it is replaced, and kept as history.
DELETE FROM {table} AS price USING price_row AS row
WHERE row.reason = 'changed' AND {same} AND lower(price.valid_during) = %(from)s::date;

UPDATE {table} AS price SET valid_during = daterange(lower(price.valid_during), %(from)s::date)
FROM price_row AS row
WHERE row.reason = 'changed' AND {same} AND price.valid_during @> %(from)s::date;

INSERT INTO {table} ({columns}, {price}, valid_during)
SELECT {values}, row.satang, daterange(%(from)s::date, (
    SELECT min(lower(price.valid_during)) FROM {table} AS price
    WHERE {same} AND lower(price.valid_during) > %(from)s::date
))
FROM price_row AS row
WHERE row.reason IN ('', 'changed');

UPDATE price_row SET reason = 'added' WHERE reason = ''
