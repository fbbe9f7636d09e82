-- What was received for the bills of one tax year, by the day that it was paid and by its means.
-- A reversal stands under the means of the payment that it undoes, on its own day. Money that was
-- received before its bill was known has no means of its own.
SELECT
    entry.happened_on AS day,
    coalesce(payment.means, '') AS means,
    (assessed.signboard_id IS NOT NULL) AS is_signboard,
    -sum(leg.satang)::bigint AS satang
FROM taxmap_entry AS entry
INNER JOIN taxmap_leg AS leg ON leg.entry_id = entry.id
INNER JOIN taxmap_assessment AS assessed
    ON assessed.id = leg.assessment_id AND assessed.tax_year = %(year)s
LEFT JOIN taxmap_payment AS payment ON payment.entry_id = coalesce(entry.reverses_id, entry.id)
WHERE entry.local_authority_id = %(authority)s
    AND entry.kind IN ('payment', 'allocation')
GROUP BY entry.happened_on, means, is_signboard
ORDER BY entry.happened_on, means
