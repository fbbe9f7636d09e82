-- The parcels within about a metre of a shape. The shape is a constant, not a join: through the union
-- that a proposal is, only a constant reaches the spatial index.
SELECT n.id
FROM checked_parcel AS n
WHERE ST_DWithin(n.geometry, %(shape)s::geometry, 0.00001);
