-- The facts of each unit as they are kept with its assessment; or in ``trouble`` what is missing.
-- Lists are written as the text of JSON: they are read once, when all of it is put together.
-- Most units have one use: only the others need an aggregate.
WITH uses AS (
    SELECT unit_id,
           '[["' || use || '","1"]]' AS list,
           use AS names,
           share_percent AS percent,
           in_house_registration AS registered,
           use = 'vacant' AS vacant
    FROM roll_use WHERE share_percent = 100
    UNION ALL
    SELECT unit_id,
           '[' || string_agg(
               '["' || use || '","' || trim_scale(share_percent * 0.01) || '"]',
               ',' ORDER BY share_percent DESC, use COLLATE "C"
           ) || ']',
           string_agg(use, ' ' ORDER BY use COLLATE "C"),
           sum(share_percent),
           bool_or(in_house_registration),
           bool_or(use = 'vacant')
    FROM roll_use WHERE share_percent <> 100 GROUP BY unit_id
),
buildings AS (
    SELECT unit_id,
           '[' || string_agg(
               concat(
                   '[', coalesce('"' || structure || '"', 'null'), ',"', trim_scale(floor_m2),
                   '",', satang_per_m2, ',', coalesce(age::text, 'null'), ']'
               ), ',' ORDER BY code COLLATE "C"
           ) || ']' AS list,
           bool_or(satang_per_m2 IS NULL) AS unpriced
    FROM roll_building GROUP BY unit_id
),
-- The first tax year of the unbroken time for which some of the unit has been vacant.
vacancy AS (
    SELECT unit_id,
           extract(year FROM lower(spell))::integer
               + (lower(spell) <> date_trunc('year', lower(spell))::date)::integer AS since
    FROM (
        SELECT part.unit_id, unnest(range_agg(part.valid_during)) AS spell
        FROM uses
        JOIN taxmap_unituse AS part ON part.unit_id = uses.unit_id AND part.use = 'vacant'
        WHERE uses.vacant
        GROUP BY part.unit_id
    ) AS spells
    WHERE spell @> %(on)s::date
)
SELECT asked.unit_id,
       asked.parcel_id,
       asked.code,
       coalesce(holder.taxpayer, 0) AS taxpayer,
       holder.owner,
       CASE WHEN asked.kind = 'land' AND buildings.list IS NOT NULL THEN 'land_and_building'
            ELSE asked.kind END AS kind,
       uses.list AS uses,
       uses.names AS use_names,
       CASE WHEN asked.kind = 'land' THEN asked.area_m2 END AS area_m2,
       CASE WHEN asked.kind = 'land' THEN price.satang_per_wa END AS satang_per_wa,
       buildings.list AS buildings,
       coalesce(uses.registered, false) AND holder.owner = 'individual' AS registered,
       greatest(
           extract(year FROM %(on)s::date)::integer
               - greatest(vacancy.since, %(counted_from)s) + 1, 0
       ) * (vacancy.since IS NOT NULL)::integer AS years_vacant,
       CASE WHEN holder.taxpayers IS NULL THEN 'no_owner'
            WHEN CASE asked.kind WHEN 'land' THEN price.satang_per_wa IS NULL
                                 ELSE buildings.list IS NULL END
                 OR buildings.unpriced THEN 'no_price'
            WHEN uses.list IS NULL THEN 'no_use'
            WHEN uses.percent <> 100 THEN 'shares_not_whole' END AS trouble
FROM roll_asked AS asked
JOIN taxmap_land_prices(%(on)s::date) AS price ON price.unit_id = asked.unit_id
LEFT JOIN roll_holder AS holder ON holder.holder = asked.holder
LEFT JOIN uses ON uses.unit_id = asked.unit_id
LEFT JOIN buildings ON buildings.unit_id = asked.unit_id
LEFT JOIN vacancy ON vacancy.unit_id = asked.unit_id
