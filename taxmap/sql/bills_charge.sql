-- Charge the assessed bills of one authority, year and kind: for each bill one entry, its tax due
-- assessment by assessment against the income of the year.
WITH bill AS MATERIALIZED (
    SELECT nextval('taxmap_entry_id_seq') AS entry_id, assessed.id, assessed.tax_satang
    FROM taxmap_bill AS assessed
    WHERE assessed.local_authority_id = %(authority)s
        AND assessed.tax_year = %(year)s
        AND assessed.kind = %(kind)s
        AND assessed.number IS NOT NULL
        AND assessed.tax_satang > 0
        AND NOT EXISTS (
            SELECT 1 FROM taxmap_entry AS charge
            WHERE charge.bill_id = assessed.id AND charge.kind = 'charge'
                AND charge.reverses_id IS NULL
        )
    ORDER BY assessed.number
),

entry AS (
    INSERT INTO taxmap_entry (
        id, local_authority_id, kind, bill_id, happened_on, booked_on, posted_at, actor_id,
        channel, source, request_hash, transaction_id
    )
    SELECT
        bill.entry_id, %(authority)s, 'charge', bill.id, %(day)s, %(day)s, %(now)s, %(actor)s,
        'system', '', '', 0
    FROM bill
),

leg AS (
    INSERT INTO taxmap_leg (entry_id, account_id, satang, assessment_id, bill_id)
    SELECT bill.entry_id, %(due)s, assessed.tax_satang, assessed.id, bill.id
    FROM bill
    INNER JOIN taxmap_assessment AS assessed ON assessed.bill_id = bill.id
    WHERE assessed.tax_satang > 0
    UNION ALL
    SELECT bill.entry_id, %(income)s, -bill.tax_satang, NULL, bill.id
    FROM bill
)

SELECT count(*) FROM bill
