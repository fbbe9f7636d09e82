DROP FUNCTION surveys_keep() CASCADE;
