-- Sheet 1 of the LTAX worklist: everybody who holds a title, a building or a signboard, once.
-- Nobody's number or address: the register keeps none.
SELECT
    row_number() OVER (ORDER BY party.surname, party.name, party.id) AS position,
    party.kind,
    party.title,
    party.name,
    party.surname,
    party.id::text AS reference
FROM parcels_party AS party
WHERE party.id IN (
    SELECT held.party_id
    FROM taxmap_valuationunit AS unit
    INNER JOIN parcels_parcelstate AS parcel
        ON parcel.parcel_id = unit.parcel_id
        AND parcel.valid_during @> %(on)s::date AND upper_inf(parcel.recorded_during)
    LEFT JOIN taxmap_condominiumunit AS flat ON flat.id = unit.condominium_unit_id
    INNER JOIN parcels_right AS held
        ON held.ba_unit_id = CASE WHEN flat.id IS NULL THEN parcel.ba_unit_id ELSE flat.ba_unit_id END
        AND held.valid_during @> %(on)s::date
    WHERE unit.local_authority_id = %(authority)s AND unit.owner_id IS NULL
    UNION
    SELECT unit.owner_id
    FROM taxmap_valuationunit AS unit
    WHERE unit.local_authority_id = %(authority)s AND unit.owner_id IS NOT NULL
    UNION
    SELECT signboard.owner_id
    FROM taxmap_signboard AS signboard
    WHERE signboard.local_authority_id = %(authority)s
        AND signboard.valid_during
        && daterange(%(on)s::date, (%(on)s::date + interval '1 year')::date)
)
ORDER BY position
