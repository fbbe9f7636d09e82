-- What a superuser does once, so that the service itself needs no superuser.  psql variables:
-- password, the role's (a private cluster behind a closed socket needs none).  May be run again.

set client_min_messages = warning;

select 'create role chanot login'
 where not exists (select from pg_roles where rolname = 'chanot') \gexec

\if :{?password}
alter role chanot password :'password';
\endif

select 'create database chanot owner chanot'
 where not exists (select from pg_database where datname = 'chanot') \gexec

\connect chanot
set client_min_messages = warning;

create extension if not exists postgis;

-- Indian 1975 is described to PostGIS by rows of our own.
grant insert, update, delete on spatial_ref_sys to chanot;
