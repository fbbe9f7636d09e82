DROP VIEW parcels_parcelstate;
