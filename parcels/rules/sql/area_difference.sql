-- The area on the document and that of the boundary differ by more than the office tolerates: by
-- more than so many square metres and by more than so many per cent.
SELECT p.id AS parcel, p.label_point AS place,
       abs(p.legal_area_m2 - p.calculated_area_m2) AS measure,
       jsonb_build_object(
           'legal_m2', p.legal_area_m2::text,
           'calculated_m2', round(p.calculated_area_m2::numeric, 2)::text,
           'percent', round((abs(p.legal_area_m2 - p.calculated_area_m2)
                             / p.legal_area_m2 * 100)::numeric, 2)::text) AS evidence
FROM checked_parcel AS p
WHERE p.office_id = %(office)s
  AND (%(only)s::bigint[] IS NULL OR p.id = ANY (%(only)s::bigint[]))
  AND abs(p.legal_area_m2 - p.calculated_area_m2)
      > greatest(%(tolerance_m2)s, p.legal_area_m2 * %(tolerance_percent)s / 100)
ORDER BY p.id;
