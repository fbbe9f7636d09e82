-- Who owes the tax of which units: one row for each set of owners on 1 January.
-- Co-owners of one title are one taxpayer; without a registered owner the possessor owes (s. 5).
-- Buildings on somebody else's land are their owner's; a condominium unit has a title of its own.
WITH taxable AS (
    SELECT unit.id AS unit_id, unit.owner_id,
           CASE WHEN unit.condominium_unit_id IS NOT NULL THEN flat.ba_unit_id
                WHEN unit.owner_id IS NULL THEN parcel.ba_unit_id END AS ba_unit_id
    FROM taxmap_valuationunit AS unit
    JOIN parcels_parcelstate AS parcel ON parcel.parcel_id = unit.parcel_id
    LEFT JOIN taxmap_condominiumunit AS flat ON flat.id = unit.condominium_unit_id
    WHERE unit.local_authority_id = %(authority)s
      AND unit.is_taxable
      AND parcel.valid_during @> %(on)s::date
      AND upper_inf(parcel.recorded_during)
),
holders AS (
    SELECT DISTINCT taxable.unit_id, held.party_id, party.kind,
           held.kind = 'ownership' AS owns
    FROM taxable
    JOIN parcels_right AS held ON held.ba_unit_id = taxable.ba_unit_id
    JOIN parcels_party AS party ON party.id = held.party_id
    WHERE held.valid_during @> %(on)s::date
    UNION ALL
    SELECT taxable.unit_id, party.id, party.kind, true
    FROM taxable
    JOIN parcels_party AS party ON party.id = taxable.owner_id
),
payers AS (
    SELECT unit_id,
           string_agg(party_id::text, ',' ORDER BY party_id) AS owners,
           array_agg(DISTINCT kind::text) AS kinds
    FROM holders AS each
    WHERE owns OR NOT EXISTS (
        SELECT FROM holders AS other WHERE other.unit_id = each.unit_id AND other.owns
    )
    GROUP BY unit_id
)
SELECT coalesce(payers.owners, '') AS owners,
       coalesce(payers.kinds, '{}') AS kinds,
       array_agg(taxable.unit_id ORDER BY taxable.unit_id) AS units
FROM taxable
LEFT JOIN payers USING (unit_id)
GROUP BY payers.owners, payers.kinds
ORDER BY coalesce(payers.owners, '') COLLATE "C"
