-- A parcel that came from other parcels, and the register does not say from which.
SELECT p.id AS parcel, p.label_point AS place, jsonb_build_object('kind', a.kind) AS evidence
FROM checked_parcel AS p
JOIN parcels_transaction AS a ON a.id = p.created_by_id
WHERE p.office_id = %(office)s
  AND (%(only)s::bigint[] IS NULL OR p.id = ANY (%(only)s::bigint[]))
  AND a.kind IN ('divide', 'merge', 'divide_public', 're_survey') AND NOT p.is_new
  AND NOT EXISTS (SELECT FROM parcels_parcellineage AS l WHERE l.child_id = p.id)
ORDER BY p.id;
