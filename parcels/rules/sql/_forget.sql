DROP VIEW IF EXISTS pg_temp.checked_parcel, pg_temp.checked_title;
