-- Entries booked from the first to the last day, one row for each leg, in the order of the journal.
SELECT
    entry.booked_on,
    entry.happened_on,
    entry.id::text AS entry,
    entry.kind,
    account.purpose,
    account.code AS account_code,
    CASE WHEN leg.satang > 0 THEN round(leg.satang / 100.0, 2) END AS debit,
    CASE WHEN leg.satang < 0 THEN round(-leg.satang / 100.0, 2) END AS credit,
    leg.satang,
    bill.tax_year + 543 AS tax_year_be,
    bill.number AS bill_number,
    coalesce(bill.reference_1, '') AS reference_1,
    coalesce(parcel.tax_parcel_code, '') AS parcel_code,
    coalesce(payment.means, '') AS means,
    coalesce(
        receipt.series || ' ' || receipt.number || '/' || (receipt.fiscal_year + 543), ''
    ) AS receipt,
    entry.source,
    coalesce(entry.reverses_id::text, '') AS reverses
FROM taxmap_entry AS entry
INNER JOIN taxmap_leg AS leg ON leg.entry_id = entry.id
INNER JOIN taxmap_account AS account ON account.id = leg.account_id
LEFT JOIN taxmap_bill AS bill ON bill.id = coalesce(leg.bill_id, entry.bill_id)
LEFT JOIN taxmap_payment AS payment ON payment.entry_id = coalesce(entry.reverses_id, entry.id)
LEFT JOIN taxmap_receipt AS receipt ON receipt.payment_id = payment.id
LEFT JOIN taxmap_assessment AS assessed ON assessed.id = leg.assessment_id
LEFT JOIN taxmap_valuationunit AS unit ON unit.id = assessed.unit_id
LEFT JOIN parcels_parcel AS parcel ON parcel.id = unit.parcel_id
WHERE entry.local_authority_id = %(authority)s
    AND entry.booked_on BETWEEN %(first)s::date AND %(last)s::date
ORDER BY entry.booked_on, entry.id, leg.id
