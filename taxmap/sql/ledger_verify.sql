-- Every invariant of the ledger that does not hold, one row for each place: no row, no fault.
-- Names and numbers are those of docs/algorithms/ledger.md, section 7.
WITH leg AS (
    SELECT leg.*, entry.kind, entry.channel, entry.local_authority_id, account.purpose,
        account.local_authority_id AS owner
    FROM taxmap_leg AS leg
    INNER JOIN taxmap_entry AS entry ON entry.id = leg.entry_id
    INNER JOIN taxmap_account AS account ON account.id = leg.account_id
),

-- What became of each bank line: payments that stand, and money sent back.
claimed AS (
    SELECT line.id, line.amount_satang, report.local_authority_id,
        count(payment.id) AS payments,
        coalesce(sum(payment.amount_satang), 0) AS claimed_satang,
        (
            SELECT count(*) FROM taxmap_moneyrequest AS request
            WHERE request.bank_line_id = line.id AND request.is_approved
                AND request.kind = 'line_refund'
        ) AS returns
    FROM taxmap_bankline AS line
    INNER JOIN taxmap_bankreport AS report ON report.id = line.report_id
    LEFT JOIN taxmap_payment AS payment
        ON (payment.bank_line_id = line.id OR payment.id = line.confirms_id)
        AND NOT EXISTS (
            SELECT 1 FROM taxmap_entry AS undone WHERE undone.reverses_id = payment.entry_id
        )
    GROUP BY line.id, report.local_authority_id
)

SELECT 'I1 entry sums to nothing' AS rule, 'entry ' || entry_id AS place
FROM leg GROUP BY entry_id HAVING sum(satang) <> 0
UNION ALL
SELECT 'I1 entry has legs', 'entry ' || entry.id
FROM taxmap_entry AS entry
WHERE NOT EXISTS (SELECT 1 FROM taxmap_leg WHERE entry_id = entry.id)
UNION ALL
SELECT 'I1 accounts are of the same authority', 'leg ' || id FROM leg
WHERE owner <> local_authority_id
UNION ALL
SELECT 'I2 bank clearing is what banks have not settled', 'office ' || authority
FROM (
    SELECT local_authority_id AS authority, satang FROM leg WHERE purpose = 'bank_clearing'
    UNION ALL
    SELECT report.local_authority_id, -line.amount_satang
    FROM taxmap_bankline AS line
    INNER JOIN taxmap_bankreport AS report ON report.id = line.report_id
    WHERE line.settled_by_id IS NULL
    UNION ALL
    -- QR and transfers that a cashier took without a line of a bank report
    SELECT entry.local_authority_id, -payment.amount_satang
    FROM taxmap_payment AS payment
    INNER JOIN taxmap_entry AS entry ON entry.id = payment.entry_id
    WHERE payment.means IN ('qr', 'transfer') AND payment.bank_line_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM taxmap_entry AS undone WHERE undone.reverses_id = entry.id)
        AND NOT EXISTS (SELECT 1 FROM taxmap_bankline WHERE confirms_id = payment.id)
) AS clearing
GROUP BY authority HAVING sum(satang) <> 0
UNION ALL
SELECT 'I3 balance is the sum of its legs', 'assessment ' || coalesce(kept.assessment_id, legs.assessment_id)
FROM taxmap_balance AS kept
FULL JOIN taxmap_balance_of_legs AS legs ON legs.assessment_id = kept.assessment_id
WHERE (
    kept.bill_id, kept.charged_satang, kept.penalty_satang, kept.surcharge_satang,
    kept.received_satang, kept.waived_satang, kept.tax_due_satang, kept.penalty_due_satang,
    kept.surcharge_due_satang
) IS DISTINCT FROM (
    legs.bill_id, legs.charged_satang, legs.penalty_satang, legs.surcharge_satang,
    legs.received_satang, legs.waived_satang, legs.tax_due_satang, legs.penalty_due_satang,
    legs.surcharge_due_satang
)
UNION ALL
SELECT 'I3 nobody is owed through a balance', 'assessment ' || assessment_id FROM taxmap_balance
WHERE least(
    tax_due_satang, penalty_due_satang, surcharge_due_satang, charged_satang, penalty_satang,
    surcharge_satang, received_satang, waived_satang
) < 0
UNION ALL
SELECT 'I3 an overpayment is owed to the payer', 'bill ' || bill_id FROM leg
WHERE purpose = 'overpaid' GROUP BY bill_id HAVING sum(satang) > 0
UNION ALL
SELECT 'I4 receipts run from 1 without a gap',
    'series ' || series.series || '/' || series.fiscal_year
FROM taxmap_receiptseries AS series
LEFT JOIN taxmap_receipt AS receipt USING (local_authority_id, series, fiscal_year)
GROUP BY series.id
HAVING count(receipt.id) <> series.last_number
    OR coalesce(max(receipt.number), 0) <> series.last_number
    OR coalesce(min(receipt.number), 1) <> 1
UNION ALL
SELECT 'I4 a reversed payment has a void receipt', 'receipt ' || receipt.id
FROM taxmap_receipt AS receipt
INNER JOIN taxmap_payment AS payment ON payment.id = receipt.payment_id
INNER JOIN taxmap_entry AS undone ON undone.reverses_id = payment.entry_id
WHERE receipt.voided_at IS NULL
UNION ALL
SELECT 'I5 a bank line is used once', 'bank line ' || id
FROM claimed WHERE payments + returns > 1 OR claimed_satang NOT IN (0, amount_satang)
UNION ALL
SELECT 'I5 suspense is what nobody has claimed', 'office ' || authority
FROM (
    SELECT local_authority_id AS authority, satang FROM leg WHERE purpose = 'suspense'
    UNION ALL
    SELECT local_authority_id, amount_satang FROM claimed WHERE payments + returns = 0
) AS suspense
GROUP BY authority HAVING sum(satang) <> 0
UNION ALL
SELECT 'I6 a reversal mirrors its entry', 'entry ' || entry.id
FROM taxmap_entry AS entry
INNER JOIN leg ON leg.entry_id IN (entry.id, entry.reverses_id)
WHERE entry.reverses_id IS NOT NULL
GROUP BY entry.id, leg.account_id, leg.assessment_id, leg.bill_id
HAVING sum(leg.satang) <> 0
UNION ALL
SELECT 'I7 a payment is what its entry brought', 'payment ' || payment.id
FROM taxmap_payment AS payment
INNER JOIN leg ON leg.entry_id = payment.entry_id
WHERE leg.purpose IN ('cash', 'cheques', 'bank_clearing', 'suspense')
GROUP BY payment.id HAVING sum(leg.satang) <> payment.amount_satang
UNION ALL
SELECT 'I7 a receipt tells the whole payment', 'receipt ' || receipt.id
FROM taxmap_receipt AS receipt
INNER JOIN taxmap_payment AS payment ON payment.id = receipt.payment_id
WHERE receipt.tax_satang + receipt.penalty_satang + receipt.surcharge_satang
    + receipt.overpaid_satang <> payment.amount_satang
UNION ALL
SELECT 'I9 what is due has an assessment and its bill', 'leg ' || leg.id
FROM leg
LEFT JOIN taxmap_assessment AS assessed ON assessed.id = leg.assessment_id
WHERE leg.purpose IN ('tax_due', 'penalty_due', 'surcharge_due')
    AND (leg.assessment_id IS NULL OR leg.bill_id IS DISTINCT FROM assessed.bill_id)
    AND leg.channel <> 'former'
ORDER BY 1, 2
