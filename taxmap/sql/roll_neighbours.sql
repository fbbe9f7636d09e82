-- Plots of one taxpayer that are used alike and share a piece of boundary: pairs of units.
-- In the plots' own zone; boundaries run together where they lie within a grid of 2 cm, and a
-- piece counts from half a metre, so that plots that touch in a corner are no neighbours.
SELECT one.unit_id AS one, other.unit_id AS other
FROM roll_plot AS one
JOIN roll_plot AS other
    ON other.taxpayer = one.taxpayer AND other.geometry && one.geometry
    AND other.unit_id > one.unit_id
    AND (other.use_names = one.use_names OR %(any_use)s)
WHERE ST_Length(
    ST_Intersection(ST_Boundary(one.geometry), ST_Boundary(other.geometry), 0.02)
) >= 0.5
