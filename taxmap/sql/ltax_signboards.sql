-- Sheet 6 of the LTAX worklist: each signboard that hung on some day of the year.
SELECT
    signboard.code,
    lower(signboard.valid_during) AS hung_on,
    coalesce(parcel.house_number, '') AS house_number,
    coalesce(parcel.street_th, '') AS street,
    place.name_th AS sub_district,
    district.name_th AS district,
    province.name_th AS province,
    signboard.lettering,
    signboard.width_cm,
    signboard.height_cm,
    signboard.sides,
    signboard.text,
    CASE
        WHEN extract(year FROM lower(signboard.valid_during)) < %(year)s THEN 1
        ELSE extract(quarter FROM lower(signboard.valid_during))::integer
    END AS quarter,
    coalesce(parcel.tax_parcel_code, '') AS parcel_code,
    signboard.width_cm * signboard.height_cm AS area_cm2,
    round(assessed.tax_satang / 100.0, 2) AS tax,
    signboard.owner_id::text AS owners
FROM taxmap_signboard AS signboard
LEFT JOIN taxmap_valuationunit AS unit ON unit.id = signboard.unit_id
LEFT JOIN parcels_parcel AS parcel ON parcel.id = unit.parcel_id
LEFT JOIN offices_administrativearea AS place ON place.code = parcel.sub_district_id
LEFT JOIN offices_administrativearea AS district ON district.code = place.parent_id
LEFT JOIN offices_administrativearea AS province ON province.code = district.parent_id
LEFT JOIN taxmap_assessment AS assessed
    ON assessed.signboard_id = signboard.id AND assessed.tax_year = %(year)s
WHERE signboard.local_authority_id = %(authority)s
    AND signboard.valid_during && daterange(%(on)s::date, (%(on)s::date + interval '1 year')::date)
ORDER BY signboard.code
