#!/bin/sh
# Makes one database per service, each with two roles: the owner changes the
# schema, the runtime role reads and writes rows (the migrations grant them).
# Nobody else may connect. Runs once, when the cluster is new; PostgreSQL's
# image runs what lies in /docker-entrypoint-initdb.d.
set -eu

make_database() {
    OWNER_PASSWORD=$2 RUNTIME_PASSWORD=$3 psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 \
        --username "$POSTGRES_USER" --dbname postgres --set service="$1" <<'SQL'
\getenv owner_password OWNER_PASSWORD
\getenv runtime_password RUNTIME_PASSWORD
SELECT :'service' || '_owner' AS owner, :'service' || '_runtime' AS runtime \gset
CREATE ROLE :"owner" LOGIN PASSWORD :'owner_password';
CREATE ROLE :"runtime" LOGIN PASSWORD :'runtime_password';
CREATE DATABASE :"service" OWNER :"owner";
REVOKE CONNECT, TEMPORARY ON DATABASE :"service" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"service" TO :"runtime";
SQL
}

make_database identity_links "$IDENTITY_LINKS_OWNER_PASSWORD" "$IDENTITY_LINKS_RUNTIME_PASSWORD"
make_database scheduling "$SCHEDULING_OWNER_PASSWORD" "$SCHEDULING_RUNTIME_PASSWORD"
make_database forms "$FORMS_OWNER_PASSWORD" "$FORMS_RUNTIME_PASSWORD"
make_database notifications "$NOTIFICATIONS_OWNER_PASSWORD" "$NOTIFICATIONS_RUNTIME_PASSWORD"

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --command 'REVOKE CONNECT ON DATABASE postgres FROM PUBLIC'
