-- The register as it would be if a transaction were registered: its subjects and neighbours as they
-- are proposed, all others as they are. A new parcel has the negative key of its proposal.
CREATE OR REPLACE TEMPORARY VIEW checked_parcel AS
SELECT p.id, p.office_id, p.local_authority_id, p.ba_unit_id, p.map_sheet_id, p.land_number,
       p.tax_parcel_code, p.sub_district_id, p.land_use, p.legal_area_m2, p.geometry, p.zone_srid,
       p.calculated_area_m2, p.label_point, p.created_by_id, p.changed_by_id, p.retired_by_id,
       false AS is_new
FROM parcels_parcel AS p
WHERE p.valid_during @> %(on)s::date
  AND NOT p.id = ANY (ARRAY(SELECT r.parcel_id FROM parcels_proposedparcel AS r
                            WHERE r.transaction_id = %(act)s AND r.parcel_id IS NOT NULL))
UNION ALL
SELECT coalesce(p.id, -r.id), coalesce(p.office_id, a.office_id), p.local_authority_id,
       p.ba_unit_id, p.map_sheet_id, coalesce(p.land_number, ''), coalesce(p.tax_parcel_code, ''),
       p.sub_district_id, coalesce(p.land_use, 'unknown'),
       -- A neighbour gains marks and nothing else.
       CASE WHEN r.role = 'neighbour' THEN p.legal_area_m2 ELSE r.legal_area_m2 END,
       r.geometry, r.zone_srid,
       ST_Area(ST_Transform(r.geometry, r.zone_srid)), ST_PointOnSurface(r.geometry),
       p.created_by_id, p.changed_by_id, p.retired_by_id, p.id IS NULL
FROM parcels_proposedparcel AS r
JOIN parcels_transaction AS a ON a.id = r.transaction_id
LEFT JOIN parcels_parcel AS p ON p.id = r.parcel_id
WHERE r.transaction_id = %(act)s AND r.geometry IS NOT NULL;

CREATE OR REPLACE TEMPORARY VIEW checked_title AS
SELECT * FROM parcels_baunit WHERE valid_during @> %(on)s::date;
