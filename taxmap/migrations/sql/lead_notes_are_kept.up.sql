-- What was said of a lead, and a line that was refused, stay as they were written.
CREATE TRIGGER lead_note_is_append_only BEFORE UPDATE OR DELETE ON taxmap_leadnote
    FOR EACH ROW EXECUTE FUNCTION offices_refuse_change();
CREATE TRIGGER lead_notes_are_never_emptied BEFORE TRUNCATE ON taxmap_leadnote
    FOR EACH STATEMENT EXECUTE FUNCTION offices_refuse_change();
CREATE TRIGGER rejected_sale_is_append_only BEFORE UPDATE OR DELETE ON taxmap_rejectedsale
    FOR EACH ROW EXECUTE FUNCTION offices_refuse_change();
