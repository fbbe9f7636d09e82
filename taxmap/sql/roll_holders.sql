-- Who owes: the parties of a title on 1 January, and what the law makes of them together.
-- Owners come first; a title without an owner is its possessors' (s. 5). Persons together are like
-- one person; a company or a religious body among them leaves no exemption that only persons have.
SELECT found.holder,
       found.taxpayers,
       CASE WHEN found.persons THEN 'individual' WHEN found.state THEN 'state' ELSE 'juristic' END
           AS owner,
       dense_rank() OVER (ORDER BY found.taxpayers[1], found.taxpayers) AS taxpayer
FROM (
    SELECT held.ba_unit_id AS holder,
           coalesce(
               array_agg(DISTINCT held.party_id) FILTER (WHERE held.kind = 'ownership'),
               array_agg(DISTINCT held.party_id)
           ) AS taxpayers,
           coalesce(
               bool_and(party.kind = 'individual') FILTER (WHERE held.kind = 'ownership'),
               bool_and(party.kind = 'individual')
           ) AS persons,
           coalesce(
               bool_and(party.kind = 'state') FILTER (WHERE held.kind = 'ownership'),
               bool_and(party.kind = 'state')
           ) AS state
    FROM parcels_right AS held
    JOIN parcels_party AS party ON party.id = held.party_id
    WHERE held.valid_during @> %(on)s::date
      AND held.ba_unit_id IN (SELECT asked.holder FROM roll_asked AS asked)
    GROUP BY held.ba_unit_id
    UNION ALL
    SELECT DISTINCT -party.id, ARRAY[party.id], party.kind = 'individual', party.kind = 'state'
    FROM roll_asked AS asked
    JOIN parcels_party AS party ON party.id = -asked.holder
) AS found
