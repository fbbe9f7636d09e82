DROP TRIGGER former_fact ON taxmap_signboard;
DROP TRIGGER former_fact ON taxmap_condominiumprice;
DROP TRIGGER former_fact ON taxmap_buildingprice;
DROP TRIGGER former_fact ON taxmap_landprice;
DROP TRIGGER former_fact ON taxmap_building;
DROP TRIGGER former_fact ON taxmap_unituse;
DROP FUNCTION taxmap_keep_former_fact();
