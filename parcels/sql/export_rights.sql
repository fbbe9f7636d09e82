-- Who held the titles of some parcels on a day, as the register knew it at a moment. Staff only.
SELECT
    held.ba_unit_id, held.kind, held.share_numerator, held.share_denominator,
    lower(held.valid_during)::text AS valid_from,
    held.party_id, party.kind AS party_kind, party.title, party.name, party.surname
FROM parcels_right AS held
JOIN parcels_party AS party ON party.id = held.party_id
WHERE held.ba_unit_id = ANY (%(titles)s)
  AND held.valid_during @> %(on)s::date
  AND (
      CASE WHEN %(known)s::timestamptz IS NULL THEN upper_inf(held.recorded_during)
      ELSE held.recorded_during @> %(known)s::timestamptz END
  )
ORDER BY held.ba_unit_id, held.kind, held.id
