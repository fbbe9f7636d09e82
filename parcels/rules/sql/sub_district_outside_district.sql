-- The codes carry the hierarchy: sub-district 120401 lies in district 1204.
SELECT p.id AS parcel, p.label_point AS place, t.id AS title,
       jsonb_build_object('sub_district', p.sub_district_id, 'district', t.district_id) AS evidence
FROM checked_parcel AS p
JOIN checked_title AS t ON t.id = p.ba_unit_id
WHERE p.office_id = %(office)s
  AND (%(only)s::bigint[] IS NULL OR p.id = ANY (%(only)s::bigint[]))
  AND left(p.sub_district_id, 4) <> t.district_id
ORDER BY p.id;
