DROP FUNCTION taxmap_condominium_prices(date);
DROP FUNCTION taxmap_building_prices(date);
DROP FUNCTION taxmap_land_prices(date);
