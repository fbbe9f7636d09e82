-- The parcel with this land number on this map sheet, among those of the authority in force then.
UPDATE price_row SET target = found.target, targets = found.targets
FROM (
    SELECT row.line, min(parcel.id)::text AS target, count(*) AS targets
    FROM price_row AS row
    JOIN parcels_mapsheet AS sheet ON sheet.name || '|' || sheet.scale = row.key
    JOIN parcels_parcel AS parcel
        ON parcel.map_sheet_id = sheet.id AND parcel.land_number = row.sub_key
        AND parcel.local_authority_id = %(authority)s AND parcel.valid_during @> %(from)s::date
    WHERE row.reason = ''
    GROUP BY row.line
) AS found
WHERE found.line = price_row.line;

-- Files are made by province: what lies on sheets without a parcel of ours is not ours to refuse.
UPDATE price_row SET reason = 'elsewhere'
WHERE reason IN ('', 'price_missing') AND target IS NULL AND key NOT IN (
    SELECT DISTINCT sheet.name || '|' || sheet.scale
    FROM parcels_mapsheet AS sheet
    JOIN parcels_parcel AS parcel ON parcel.map_sheet_id = sheet.id
    WHERE parcel.local_authority_id = %(authority)s
);
