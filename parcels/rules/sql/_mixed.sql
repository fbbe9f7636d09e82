-- Whether any parcel in force belongs to another office or zone.
SELECT EXISTS (SELECT FROM checked_parcel AS p
               WHERE p.office_id <> %(office)s OR p.zone_srid <> %(zone)s);
