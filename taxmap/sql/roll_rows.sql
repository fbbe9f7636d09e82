-- The finished assessments, before they are compared with what is kept: figures beside the facts.
-- Units that are valued as one name each other.
SELECT unit.unit_id,
       unit.taxpayer,
       figure.value_satang,
       figure.exemption_satang,
       figure.tax_satang,
       nullif(figure.joint_group, 0) AS joint_group,
       coalesce(sheet.lines, concat(
           '{"owner":"', unit.owner, '","property":{"kind":"', unit.kind, '","uses":', unit.uses,
           ',"land":["' || trim_scale(unit.area_m2) || '",' || unit.satang_per_wa || ']',
           ',"buildings":' || unit.buildings,
           CASE WHEN figure.registered = 1 THEN ',"registered":true' END,
           ',"vacant":' || nullif(unit.years_vacant, 0),
           ',"joint":"' || nullif(figure.joint_group, 0) || '"', '}',
           ',"unit":' || figure.unit_id || ',"with":[' || joint.members || ']', '}'
       )::jsonb) AS lines
FROM roll_figure AS figure
JOIN roll_unit AS unit ON unit.unit_id = figure.unit_id
LEFT JOIN roll_sheet AS sheet ON sheet.unit_id = figure.unit_id
LEFT JOIN (
    SELECT joint_group, string_agg(unit_id::text, ',' ORDER BY unit_id) AS members
    FROM roll_figure WHERE joint_group <> 0 GROUP BY joint_group
) AS joint ON joint.joint_group = figure.joint_group
