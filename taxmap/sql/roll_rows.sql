-- The finished assessments, before they are compared with what is kept: figures beside the facts.
SELECT unit.unit_id,
       unit.taxpayer,
       figure.value_satang,
       figure.exemption_satang,
       figure.tax_satang,
       nullif(figure.joint_group, 0) AS joint_group,
       coalesce(sheet.lines, jsonb_build_object(
           'owner', unit.owner,
           'property', jsonb_build_object('kind', unit.kind, 'uses', unit.uses)
               || CASE WHEN unit.area_m2 IS NULL THEN '{}'::jsonb ELSE jsonb_build_object(
                   'land', jsonb_build_array(trim_scale(unit.area_m2)::text, unit.satang_per_wa)
               ) END
               || CASE WHEN unit.buildings IS NULL THEN '{}'::jsonb
                       ELSE jsonb_build_object('buildings', unit.buildings) END
               || CASE WHEN figure.registered = 1 THEN '{"registered": true}'::jsonb
                       ELSE '{}'::jsonb END
               || CASE WHEN unit.years_vacant = 0 THEN '{}'::jsonb
                       ELSE jsonb_build_object('vacant', unit.years_vacant) END
       )) AS lines
FROM roll_figure AS figure
JOIN roll_unit AS unit ON unit.unit_id = figure.unit_id
LEFT JOIN roll_sheet AS sheet ON sheet.unit_id = figure.unit_id
