-- Charge the assessed bills of one authority, year and kind: for each bill one entry, its tax due
-- assessment by assessment against the income of the year. What was charged and received for an
-- assessment before there were bills (`kept`) is not charged again: the bill takes it over.
WITH part AS MATERIALIZED (
    SELECT
        assessed.bill_id, bill.number, assessed.id, kept.bill_id AS former_bill_id,
        kept.assessment_id IS NOT NULL AS is_former,
        coalesce(kept.charged_satang, 0) AS charged,
        coalesce(kept.tax_due_satang, 0) AS due,
        -- Never more off than is due: what was received beyond the tax stays charged.
        greatest(
            assessed.tax_satang - coalesce(kept.charged_satang, 0),
            -coalesce(kept.tax_due_satang, 0)
        ) AS more
    FROM taxmap_bill AS bill
    INNER JOIN taxmap_assessment AS assessed ON assessed.bill_id = bill.id
    LEFT JOIN taxmap_balance AS kept ON kept.assessment_id = assessed.id
    WHERE bill.local_authority_id = %(authority)s
        AND bill.tax_year = %(year)s
        AND bill.kind = %(kind)s
        AND bill.number IS NOT NULL
        AND (assessed.tax_satang > 0 OR kept.charged_satang > 0)
        AND NOT EXISTS (
            SELECT 1 FROM taxmap_entry AS charge
            WHERE charge.bill_id = bill.id AND charge.kind = 'charge'
                AND charge.reverses_id IS NULL
        )
),

bill AS MATERIALIZED (
    SELECT nextval('taxmap_entry_id_seq') AS entry_id, whole.*
    FROM (
        SELECT bill_id AS id, sum(more)::bigint AS more, bool_or(is_former) AS takes_over
        FROM part
        GROUP BY bill_id, number
        ORDER BY number
    ) AS whole
),

entry AS (
    INSERT INTO taxmap_entry (
        id, local_authority_id, kind, bill_id, happened_on, booked_on, posted_at, actor_id,
        channel, source, request_hash, transaction_id
    )
    SELECT
        bill.entry_id, %(authority)s, 'charge', bill.id, %(day)s, %(day)s, %(now)s, %(actor)s,
        CASE WHEN bill.takes_over THEN 'former' ELSE 'system' END, '', '', 0
    FROM bill
),

leg AS (
    INSERT INTO taxmap_leg (entry_id, account_id, satang, assessment_id, bill_id)
    SELECT bill.entry_id, %(due)s, line.satang, part.id, line.bill_id
    FROM bill
    INNER JOIN part ON part.bill_id = bill.id
    CROSS JOIN LATERAL (VALUES
        (1, part.charged + part.more, part.bill_id), -- the whole tax,
        (2, part.due - part.charged, part.bill_id), -- less what was settled without a bill;
        (3, -part.due, part.former_bill_id) -- the rest is due by the bill from now on
    ) AS line (place, satang, bill_id)
    WHERE line.satang <> 0
    UNION ALL
    SELECT bill.entry_id, %(income)s, -bill.more, NULL, bill.id
    FROM bill
    WHERE bill.more <> 0
)

SELECT count(*) FROM bill
