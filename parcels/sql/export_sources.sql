-- The documents on which some transactions rest.
SELECT
    act.public_id AS transaction, act.kind AS transaction_kind, act.effective_on::text,
    source.kind, source.reference, source.issued_on::text
FROM parcels_transaction AS act
JOIN parcels_administrativesource AS source ON source.id = act.source_id
WHERE act.public_id = ANY (%(transactions)s)
ORDER BY act.id
