-- The ground of these parcels together.
SELECT ST_Collect(p.geometry)::text FROM checked_parcel AS p WHERE p.id = ANY (%(ids)s::bigint[]);
