-- What some parcels came of, by however many steps: pairs of where a line began and what it
-- reached. A parcel never comes from a younger one, so no line returns to where it began; should
-- the table ever say otherwise, the walk still ends.
WITH RECURSIVE line AS (
    SELECT child_id AS origin, parent_id AS reached, 1 AS steps
    FROM parcels_parcellineage
    WHERE child_id = any(%(parcels)s)
    UNION
    SELECT line.origin, lineage.parent_id, line.steps + 1
    FROM line
    INNER JOIN parcels_parcellineage AS lineage ON lineage.child_id = line.reached
    WHERE line.steps < %(most)s
)

SELECT DISTINCT origin, reached FROM line
