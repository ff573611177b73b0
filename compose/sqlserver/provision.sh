#!/bin/bash
# Makes the database, and for each service its schema, its two logins and their rights (services/Storage/SqlServer). To
# repeat it changes passwords and rights to what the secrets say, and nothing else.
set -euo pipefail

export SQLCMDSERVER=sqlserver SQLCMDUSER=sa SQLCMDPASSWORD
SQLCMDPASSWORD=$(cat /run/secrets/sqlserver-sa)
sql() { /opt/mssql-tools18/bin/sqlcmd -C -b "$@"; }

sql -Q "if db_id('release_integrity') is null create database release_integrity"
for schema in artifact_registry signature_ledger change_snapshot runtime_validation reconciler handoff; do
  # sqlcmd takes its variables from the environment: nothing secret stands in a list of processes.
  Schema=$schema \
    ServicePassword=$(cat "/run/secrets/sqlserver-${schema}_service") \
    MigratorPassword=$(cat "/run/secrets/sqlserver-${schema}_migrator") \
    sql -d release_integrity -i /provision/Provision.sql
  echo "provisioned $schema"
done
