#!/bin/bash
# Makes the database, and a schema, a login and its rights for each service. Repeating it changes passwords and rights
# to what the secrets say, and nothing else.
set -euo pipefail

export SQLCMDPASSWORD SQLCMDSERVER=sqlserver SQLCMDUSER=sa
SQLCMDPASSWORD=$(cat /run/secrets/sqlserver-sa)
sql() { /opt/mssql-tools18/bin/sqlcmd -C -b "$@"; }

password=$(cat /run/secrets/sqlserver-migrator) sql -i /provision/database.sql
for schema in artifact_registry signature_ledger change_snapshot runtime_validation reconciler handoff; do
  # sqlcmd takes its variables from the environment: nothing secret stands in a list of processes.
  schema=$schema password=$(cat "/run/secrets/sqlserver-$schema") sql -d release_integrity -i /provision/service.sql
  echo "provisioned $schema"
done
