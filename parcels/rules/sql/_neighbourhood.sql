-- These parcels and those within about a metre of them.
SELECT DISTINCT n.id
FROM checked_parcel AS o
JOIN checked_parcel AS n ON ST_DWithin(n.geometry, o.geometry, 0.00001)
WHERE o.id = ANY (%(ids)s::bigint[]);
