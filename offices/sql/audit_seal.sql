-- Seal the next entries: one link over at most so many of them, up to an id.
WITH last AS (
    SELECT last_entry, hash FROM offices_auditseal ORDER BY last_entry DESC LIMIT 1
), start AS (
    SELECT coalesce((SELECT last_entry FROM last), 0) AS after,
           coalesce((SELECT hash FROM last), decode(repeat('00', 32), 'hex')) AS previous
), batch AS (
    SELECT entry.id, entry.digest
    FROM offices_auditentry AS entry, start
    WHERE entry.id > start.after AND entry.id <= %(upto)s
    ORDER BY entry.id
    LIMIT %(limit)s
)
INSERT INTO offices_auditseal
    (first_entry, last_entry, entry_count, previous_hash, hash, sealed_at)
SELECT min(batch.id), max(batch.id), count(*), start.previous,
       sha256(start.previous || string_agg(coalesce(batch.digest, ''), ''::bytea ORDER BY batch.id)),
       %(now)s
FROM batch, start
GROUP BY start.previous
RETURNING last_entry, entry_count, hash;
