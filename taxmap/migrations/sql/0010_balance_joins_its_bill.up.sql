-- What was charged before there were bills joins its bill when the bill takes it over.
CREATE OR REPLACE FUNCTION taxmap_balance_follows_legs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO taxmap_balance AS kept (
        assessment_id, bill_id, charged_satang, penalty_satang, surcharge_satang,
        received_satang, waived_satang, tax_due_satang, penalty_due_satang, surcharge_due_satang
    )
    SELECT
        leg.assessment_id,
        max(leg.bill_id),
        coalesce(sum(leg.satang) FILTER (WHERE entry.kind IN ('charge', 'note')), 0),
        coalesce(sum(leg.satang) FILTER (
            WHERE entry.kind = 'late_charge' AND account.purpose = 'penalty_due'), 0),
        coalesce(sum(leg.satang) FILTER (
            WHERE entry.kind = 'late_charge' AND account.purpose = 'surcharge_due'), 0),
        -coalesce(sum(leg.satang) FILTER (WHERE entry.kind IN ('payment', 'allocation')), 0),
        -coalesce(sum(leg.satang) FILTER (WHERE entry.kind = 'waiver'), 0),
        coalesce(sum(leg.satang) FILTER (WHERE account.purpose = 'tax_due'), 0),
        coalesce(sum(leg.satang) FILTER (WHERE account.purpose = 'penalty_due'), 0),
        coalesce(sum(leg.satang) FILTER (WHERE account.purpose = 'surcharge_due'), 0)
    FROM fresh AS leg
    INNER JOIN taxmap_entry AS entry ON entry.id = leg.entry_id
    INNER JOIN taxmap_account AS account ON account.id = leg.account_id
    WHERE leg.assessment_id IS NOT NULL
    GROUP BY leg.assessment_id
    ORDER BY leg.assessment_id
    ON CONFLICT (assessment_id) DO UPDATE SET
        bill_id = coalesce(kept.bill_id, excluded.bill_id),
        charged_satang = kept.charged_satang + excluded.charged_satang,
        penalty_satang = kept.penalty_satang + excluded.penalty_satang,
        surcharge_satang = kept.surcharge_satang + excluded.surcharge_satang,
        received_satang = kept.received_satang + excluded.received_satang,
        waived_satang = kept.waived_satang + excluded.waived_satang,
        tax_due_satang = kept.tax_due_satang + excluded.tax_due_satang,
        penalty_due_satang = kept.penalty_due_satang + excluded.penalty_due_satang,
        surcharge_due_satang = kept.surcharge_due_satang + excluded.surcharge_due_satang;
    RETURN NULL;
END $$;
