-- The first link of the chain that does not fit the link before it or the entries it covers.
-- Every entry after the former link belongs to the next one, so that an entry slipped in later
-- is noticed as much as one taken out.
WITH chain AS (
    SELECT seal.*,
           lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER by_entry AS hash_before,
           lag(last_entry, 1, 0::bigint) OVER by_entry AS after
    FROM offices_auditseal AS seal
    WINDOW by_entry AS (ORDER BY last_entry)
)
SELECT chain.after, chain.last_entry, chain.entry_count, found.entry_count,
       chain.previous_hash IS DISTINCT FROM chain.hash_before AS chain_is_cut
FROM chain
CROSS JOIN LATERAL (
    SELECT count(*) AS entry_count, min(id) AS first_entry, max(id) AS last_entry,
           string_agg(coalesce(digest, ''), ''::bytea ORDER BY id) AS digests
    FROM offices_auditentry
    WHERE id > chain.after AND id <= chain.last_entry
) AS found
WHERE chain.previous_hash IS DISTINCT FROM chain.hash_before
   OR chain.entry_count <> found.entry_count
   OR chain.first_entry IS DISTINCT FROM found.first_entry
   OR chain.last_entry IS DISTINCT FROM found.last_entry
   OR chain.hash IS DISTINCT FROM sha256(chain.previous_hash || found.digests)
ORDER BY chain.last_entry
LIMIT 1;
