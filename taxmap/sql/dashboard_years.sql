-- Every tax year of an authority and kind of tax: assessed, late, waived, collected, outstanding.
SELECT
    assessed.tax_year,
    assessed.signboard_id IS NOT NULL AS is_signboard,
    count(*) AS assessed_units,
    count(*) FILTER (WHERE coalesce(balance.due_satang, assessed.tax_satang) > 0) AS owing_units,
    sum(coalesce(balance.charged_satang, assessed.tax_satang))::bigint AS assessed_satang,
    coalesce(sum(balance.penalty_satang + balance.surcharge_satang), 0)::bigint AS late_satang,
    coalesce(sum(balance.waived_satang), 0)::bigint AS waived_satang,
    coalesce(sum(balance.received_satang), 0)::bigint AS collected_satang,
    sum(coalesce(balance.due_satang, assessed.tax_satang))::bigint AS outstanding_satang
FROM taxmap_assessment AS assessed
LEFT JOIN taxmap_valuationunit AS unit ON unit.id = assessed.unit_id
LEFT JOIN taxmap_signboard AS signboard ON signboard.id = assessed.signboard_id
LEFT JOIN taxmap_balance AS balance ON balance.assessment_id = assessed.id
WHERE coalesce(unit.local_authority_id, signboard.local_authority_id) = %(authority)s
GROUP BY assessed.tax_year, is_signboard
ORDER BY assessed.tax_year DESC, is_signboard
