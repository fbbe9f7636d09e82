DROP TRIGGER assessments_add_up_to_a_numbered_bill ON taxmap_assessment;
DROP TRIGGER numbered_bill_is_the_sum_of_its_assessments ON taxmap_bill;
DROP TRIGGER assessed_lines_stand ON taxmap_assessment;
DROP TRIGGER assessed_bill_stands ON taxmap_bill;
DROP FUNCTION taxmap_check_bill_total();
DROP FUNCTION taxmap_assessed_lines_stand();
DROP FUNCTION taxmap_assessed_bill_stands();
