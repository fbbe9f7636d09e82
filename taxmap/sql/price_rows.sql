-- A price file on its way in: each row with what it prices, or why it is not taken.
CREATE TEMPORARY TABLE price_row (
    line integer,
    text text,
    key text,
    sub_key text,
    name text,
    satang bigint,
    reason text,
    target text,
    targets bigint
) ON COMMIT DROP
