DROP TRIGGER uses_total_100 ON taxmap_unituse;
DROP FUNCTION taxmap_check_use_total();
