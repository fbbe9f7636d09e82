-- What the ledger of one authority says, in an order of its own: sums by bill, assessment and
-- account, and every bank line with the bill it paid. No row numbers of entries, legs or lines.
SELECT 'sum', bill.reference_1, coalesce(leg.assessment_id, 0), account.purpose, sum(leg.satang), 0
FROM taxmap_leg AS leg
INNER JOIN taxmap_account AS account ON account.id = leg.account_id
LEFT JOIN taxmap_bill AS bill ON bill.id = leg.bill_id
WHERE account.local_authority_id = %(authority)s
GROUP BY bill.reference_1, leg.assessment_id, account.purpose
HAVING sum(leg.satang) <> 0
UNION ALL
SELECT 'line', bill.reference_1, line.occurrence, line.key, line.amount_satang,
    (line.why_suspense <> '')::int
FROM taxmap_bankline AS line
INNER JOIN taxmap_bankreport AS report ON report.id = line.report_id
LEFT JOIN taxmap_payment AS payment ON payment.bank_line_id = line.id
LEFT JOIN taxmap_bill AS bill ON bill.id = payment.bill_id
WHERE report.local_authority_id = %(authority)s
ORDER BY 1, 2 NULLS FIRST, 3, 4, 5, 6
