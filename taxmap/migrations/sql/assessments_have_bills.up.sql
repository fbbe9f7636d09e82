-- Assessments from before there were bills: each set of holders on 1 January gets one.
CREATE TEMP TABLE owed ON COMMIT DROP AS
SELECT assessed.id, assessed.tax_year, unit.local_authority_id,
       coalesce(
           array_agg(DISTINCT held.party_id) FILTER (WHERE held.party_id IS NOT NULL),
           ARRAY[unit.owner_id]
       ) AS taxpayers
FROM taxmap_assessment AS assessed
JOIN taxmap_valuationunit AS unit ON unit.id = assessed.unit_id
JOIN parcels_parcel AS parcel ON parcel.id = unit.parcel_id
LEFT JOIN parcels_right AS held
    ON held.ba_unit_id = parcel.ba_unit_id AND unit.owner_id IS NULL
    AND held.valid_during @> make_date(assessed.tax_year, 1, 1)
WHERE assessed.bill_id IS NULL
GROUP BY assessed.id, assessed.tax_year, unit.local_authority_id, unit.owner_id;

INSERT INTO taxmap_bill (
    local_authority_id, kind, tax_year, taxpayers, reference_1, units, value_satang,
    exemption_satang, tax_satang, assessed_at
)
SELECT owed.local_authority_id, 'land_building', owed.tax_year, owed.taxpayers, '', count(*),
       sum(assessed.value_satang), sum(assessed.exemption_satang), sum(assessed.tax_satang),
       max(assessed.assessed_at)
FROM owed JOIN taxmap_assessment AS assessed ON assessed.id = owed.id
GROUP BY owed.local_authority_id, owed.tax_year, owed.taxpayers;

UPDATE taxmap_assessment AS assessed
SET bill_id = bill.id
FROM owed
JOIN taxmap_bill AS bill
    ON bill.local_authority_id = owed.local_authority_id AND bill.tax_year = owed.tax_year
    AND bill.kind = 'land_building' AND bill.taxpayers = owed.taxpayers
WHERE assessed.id = owed.id;

-- Queued checks would keep the table from being altered in the same transaction.
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
