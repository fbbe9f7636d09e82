UPDATE price_row SET reason = 'no_such_target' WHERE reason = '' AND target IS NULL;
UPDATE price_row SET reason = 'several_targets' WHERE reason = '' AND targets > 1;

-- The same thing twice in one file: with one price the later line repeats it, with two none counts.
UPDATE price_row SET reason = 'two_prices'
WHERE reason = '' AND (target, sub_key) IN (
    SELECT target, sub_key FROM price_row WHERE reason = ''
    GROUP BY target, sub_key HAVING count(DISTINCT satang) > 1
);
UPDATE price_row SET reason = 'repeated'
WHERE reason = '' AND EXISTS (
    SELECT FROM price_row AS former
    WHERE former.target = price_row.target AND former.sub_key = price_row.sub_key
      AND former.reason = '' AND former.line < price_row.line
);
