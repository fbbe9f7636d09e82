-- Units of the viewer's local authorities that meet one tile, as an MVT for tax officers.
--
-- Every tax year is an attribute of its own (tax_2026 in baht, state_2026), so that the page changes
-- the year without asking again; owed_years tells how old the oldest debt is (0: of this year).
-- visit is what the last visit found. Amounts are those of all units on the plot: its condominium units and buildings of others too.
-- No owner. A second layer, assessment_labels, has one point for each
-- parcel code (from zoom 16) and for each block (code of zone and block, kind block).
WITH tile AS MATERIALIZED (
    SELECT
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS bounds,
        ST_Transform(
            ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096), 4326
        ) AS reach,
        -- below zoom 14 plots smaller than a pixel of a 256-pixel tile, in m² on the ground, stay away
        CASE WHEN %(z)s < 14 THEN (
            40075016.68557849 / 256 / 2 ^ %(z)s
            * cos(radians(ST_Y(ST_Transform(
                ST_Centroid(ST_TileEnvelope(%(z)s, %(x)s, %(y)s)), 4326
            ))))
        ) ^ 2 ELSE 0 END AS pixel_m2
),

drawn AS MATERIALIZED (
    SELECT
        unit.id,
        unit.parcel_id,
        unit.is_taxable,
        parcel.tax_parcel_code AS code,
        parcel.land_number AS land,
        price.satang_per_wa / 100 AS price,
        ST_AsMVTGeom(parcel.geometry_3857, tile.bounds, 4096, 64) AS geometry,
        ST_AsMVTGeom(
            ST_Transform(parcel.label_point, 3857), tile.bounds, 4096, 0
        ) AS label
    FROM tile
    INNER JOIN parcels_parcel AS parcel ON parcel.geometry && tile.reach
    INNER JOIN taxmap_valuationunit AS unit ON unit.parcel_id = parcel.id
    LEFT JOIN taxmap_land_prices(%(today)s::date) AS price ON price.unit_id = unit.id
    -- A plot that ended during the year is still owed for.
    WHERE (
        parcel.valid_during @> %(today)s::date
        OR parcel.valid_during @> date_trunc('year', %(today)s::date)::date
    )
        AND parcel.calculated_area_m2 >= tile.pixel_m2
        AND unit.local_authority_id = ANY(%(offices)s)
        -- Buildings of others and condominium units lie on the same ground and have no shape.
        AND unit.owner_id IS NULL AND unit.condominium_unit_id IS NULL
),

feature AS (
    SELECT
        drawn.code,
        drawn.land,
        drawn.price,
        CASE WHEN drawn.is_taxable THEN main.use ELSE 'exempt' END AS use,
        visited.outcome AS visit,
        years.attributes,
        drawn.geometry
    FROM drawn
    LEFT JOIN LATERAL (
        SELECT part.use FROM taxmap_unituse AS part
        WHERE part.unit_id = drawn.id AND part.valid_during @> %(today)s::date
        ORDER BY part.share_percent DESC, part.id
        LIMIT 1
    ) AS main ON true
    LEFT JOIN LATERAL (
        SELECT visit.outcome FROM taxmap_visit AS visit
        WHERE visit.unit_id = drawn.id
        ORDER BY visit.visited_at DESC, visit.id DESC
        LIMIT 1
    ) AS visited ON true
    LEFT JOIN LATERAL (
        SELECT
            jsonb_object_agg('tax_' || each.tax_year, each.tax_satang / 100.0)
            || jsonb_object_agg(
                'state_' || each.tax_year,
                CASE
                    WHEN each.due_satang > 0 AND each.received_satang > 0 THEN 'partly'
                    WHEN each.due_satang > 0 THEN 'unpaid'
                    WHEN each.tax_satang = 0 THEN 'exempt'
                    ELSE 'paid'
                END
            )
            || jsonb_strip_nulls(jsonb_build_object(
                'owed_years',
                extract(year FROM %(today)s::date)
                - min(each.tax_year) FILTER (WHERE each.charged_due_satang > 0)
            )) AS attributes
        FROM (
            SELECT
                assessed.tax_year,
                sum(assessed.tax_satang)::bigint AS tax_satang,
                sum(coalesce(balance.due_satang, assessed.tax_satang))::bigint AS due_satang,
                sum(balance.due_satang)::bigint AS charged_due_satang,
                coalesce(sum(balance.received_satang), 0)::bigint AS received_satang
            FROM taxmap_valuationunit AS here
            INNER JOIN taxmap_assessment AS assessed ON assessed.unit_id = here.id
            LEFT JOIN taxmap_balance AS balance ON balance.assessment_id = assessed.id
            WHERE here.parcel_id = drawn.parcel_id
                AND here.local_authority_id = ANY(%(offices)s)
            GROUP BY assessed.tax_year
        ) AS each
    ) AS years ON true
    WHERE drawn.geometry IS NOT NULL
),

named AS (
    SELECT drawn.code, 'unit' AS kind, drawn.label AS geometry
    FROM drawn
    WHERE %(z)s >= 16 AND drawn.label IS NOT NULL
    UNION ALL
    SELECT zone.code || block.code, 'block', ST_AsMVTGeom(
        ST_Transform(ST_PointOnSurface(block.geometry), 3857), tile.bounds, 4096, 0
    )
    FROM tile
    INNER JOIN taxmap_taxblock AS block ON block.geometry && tile.reach
    INNER JOIN taxmap_taxzone AS zone ON zone.id = block.zone_id
    WHERE zone.local_authority_id = ANY(%(offices)s)
)

SELECT
    (SELECT ST_AsMVT(feature, 'assessments', 4096, 'geometry') FROM feature)
    || (SELECT ST_AsMVT(named, 'assessment_labels', 4096, 'geometry') FROM named
        WHERE named.geometry IS NOT NULL)
