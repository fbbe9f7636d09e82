-- Payments recorded before there were bills become entries, each with the charge it paid.
INSERT INTO taxmap_account (local_authority_id, purpose, type, code)
SELECT DISTINCT unit.local_authority_id, chart.purpose, chart.type, chart.code
FROM taxmap_formerpayment AS payment
INNER JOIN taxmap_assessment AS assessed ON assessed.id = payment.assessment_id
INNER JOIN taxmap_valuationunit AS unit ON unit.id = assessed.unit_id
CROSS JOIN (VALUES
    ('cash', 'asset', '1110'), ('tax_due', 'asset', '1210'), ('land_building_tax', 'income', '4110')
) AS chart (purpose, type, code);

WITH charged AS (
    SELECT DISTINCT ON (assessed.id)
        nextval('taxmap_entry_id_seq') AS entry,
        assessed.id, assessed.tax_satang, assessed.assessed_at, unit.local_authority_id
    FROM (SELECT DISTINCT assessment_id FROM taxmap_formerpayment) AS payment
    INNER JOIN taxmap_assessment AS assessed ON assessed.id = payment.assessment_id
    INNER JOIN taxmap_valuationunit AS unit ON unit.id = assessed.unit_id
    WHERE assessed.tax_satang > 0
),
entries AS (
    INSERT INTO taxmap_entry (
        id, local_authority_id, kind, happened_on, booked_on, posted_at, channel, source,
        request_hash, transaction_id
    )
    SELECT
        entry, local_authority_id, 'charge', assessed_at::date, assessed_at::date, assessed_at,
        'former', 'assessment:' || id, '', 0
    FROM charged
)
INSERT INTO taxmap_leg (entry_id, account_id, satang, assessment_id)
SELECT
    charged.entry, account.id,
    CASE account.purpose WHEN 'tax_due' THEN 1 ELSE -1 END * charged.tax_satang,
    CASE account.purpose WHEN 'tax_due' THEN charged.id END
FROM charged
INNER JOIN taxmap_account AS account
    ON account.local_authority_id = charged.local_authority_id
    AND account.purpose IN ('tax_due', 'land_building_tax');

WITH paid AS (
    SELECT
        nextval('taxmap_entry_id_seq') AS entry, payment.*, unit.local_authority_id
    FROM (SELECT * FROM taxmap_formerpayment ORDER BY id) AS payment
    INNER JOIN taxmap_assessment AS assessed ON assessed.id = payment.assessment_id
    INNER JOIN taxmap_valuationunit AS unit ON unit.id = assessed.unit_id
),
entries AS (
    INSERT INTO taxmap_entry (
        id, local_authority_id, kind, happened_on, booked_on, posted_at, channel, source,
        request_hash, transaction_id
    )
    SELECT
        entry, local_authority_id, 'payment', received_on, received_on, received_on, 'former',
        reference, '', 0
    FROM paid
)
INSERT INTO taxmap_leg (entry_id, account_id, satang, assessment_id)
SELECT
    paid.entry, account.id,
    CASE account.purpose WHEN 'cash' THEN 1 ELSE -1 END * paid.amount_satang,
    CASE account.purpose WHEN 'tax_due' THEN paid.assessment_id END
FROM paid
INNER JOIN taxmap_account AS account
    ON account.local_authority_id = paid.local_authority_id
    AND account.purpose IN ('cash', 'tax_due');

DROP TABLE taxmap_formerpayment;
