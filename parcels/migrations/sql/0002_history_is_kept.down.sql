DROP TRIGGER parcel_versions_are_never_emptied ON parcels_parcelversion;
DROP TRIGGER parcel_version_is_append_only ON parcels_parcelversion;
DROP TRIGGER parcels_are_never_emptied ON parcels_parcel;
DROP TRIGGER parcel_is_never_deleted ON parcels_parcel;
DROP TRIGGER parcel_history ON parcels_parcel;
DROP FUNCTION parcels_keep_history();
