-- Numbers for titles that are copied in together with the parcels that name them.
SELECT nextval(pg_get_serial_sequence('parcels_baunit', 'id'))
FROM generate_series(1, %(count)s)
