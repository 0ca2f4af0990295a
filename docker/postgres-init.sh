#!/bin/sh
# Runs once, on an empty volume. The product's role owns its database and is no superuser.
set -eu
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres --set=password="$ZRG_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE zrg LOGIN PASSWORD :'password';
CREATE DATABASE zrg OWNER zrg;
SQL
