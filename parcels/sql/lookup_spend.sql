-- Spend part of a visitor's allowance, or return no row when too little is left.
--
-- A visitor has one moment, full_at: when the whole allowance will be there again. Spending moves it
-- later; it may lie at most the burst ahead of now, unless the visitor must not be refused any more
-- (forced: what was told is told). Two moments of the past are swept away by the way.
WITH swept AS (
    DELETE FROM parcels_lookupallowance
    WHERE visitor IN (
        SELECT old.visitor
        FROM parcels_lookupallowance AS old
        WHERE old.full_at < %(now)s AND old.visitor <> %(visitor)s
        ORDER BY old.full_at
        LIMIT 2
        FOR UPDATE SKIP LOCKED
    )
)

INSERT INTO parcels_lookupallowance AS held (visitor, full_at)
VALUES (%(visitor)s, %(now)s::timestamptz + %(cost)s::interval)
ON CONFLICT (visitor) DO UPDATE
SET full_at = greatest(held.full_at, %(now)s::timestamptz) + %(cost)s::interval
WHERE %(forced)s
    OR greatest(held.full_at, %(now)s::timestamptz) + %(cost)s::interval
    <= %(now)s::timestamptz + %(burst)s::interval
RETURNING full_at
