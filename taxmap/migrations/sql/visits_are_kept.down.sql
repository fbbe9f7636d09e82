DROP VIEW taxmap_last_visit;
DROP TRIGGER visit_is_kept ON taxmap_visit;
DROP FUNCTION taxmap_keep_visit();
