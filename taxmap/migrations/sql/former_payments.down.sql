CREATE TABLE taxmap_formerpayment AS
SELECT
    -leg.satang AS amount_satang, entry.happened_on AS received_on,
    leg.id::text AS reference, leg.assessment_id
FROM taxmap_leg AS leg
INNER JOIN taxmap_entry AS entry ON entry.id = leg.entry_id
WHERE entry.kind IN ('payment', 'allocation') AND leg.assessment_id IS NOT NULL
