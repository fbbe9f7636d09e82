-- A parcel that has former states, and whose present state no transaction claims to have made.
SELECT p.id AS parcel, p.label_point AS place, former.states AS measure
FROM checked_parcel AS p
JOIN parcels_parcel AS present ON present.id = p.id
CROSS JOIN LATERAL (
    SELECT count(*) AS states FROM parcels_parcelversion AS v WHERE v.parcel_id = p.id
) AS former
WHERE p.office_id = %(office)s
  AND (%(only)s::bigint[] IS NULL OR p.id = ANY (%(only)s::bigint[]))
  AND present.changed_by_id IS NULL AND present.retired_by_id IS NULL
  AND former.states > 0
ORDER BY p.id;
