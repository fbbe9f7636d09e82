DROP TRIGGER shares_total_one ON parcels_right;
DROP FUNCTION parcels_check_share_total();
DROP AGGREGATE parcels_lcm(numeric);
