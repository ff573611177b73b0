-- One service's place in the database: its schema, a login that serves and may not change the schema, and a login that
-- migrates. Run it as an administrator in the services' database, once per service. It can be run again: what is there
-- stays, but for the passwords, which become the given ones.
--
--   sqlcmd -S SERVER -d DATABASE -i provision.sql -v Schema=reconciler ServicePassword="..." MigratorPassword="..."
--
-- Logins are called SCHEMA_service and SCHEMA_migrator.
if schema_id(N'$(Schema)') is null exec(N'create schema [$(Schema)]');
go
if exists (select 1 from sys.databases where database_id = db_id() and is_read_committed_snapshot_on = 0)
    alter database current set read_committed_snapshot on with rollback immediate;
go
if exists (select 1 from sys.databases where database_id = db_id() and snapshot_isolation_state = 0)
    alter database current set allow_snapshot_isolation on;
go
if suser_id(N'$(Schema)_service') is null
    create login [$(Schema)_service] with password = N'$(ServicePassword)';
else
    alter login [$(Schema)_service] with password = N'$(ServicePassword)';
go
if suser_id(N'$(Schema)_migrator') is null
    create login [$(Schema)_migrator] with password = N'$(MigratorPassword)';
else
    alter login [$(Schema)_migrator] with password = N'$(MigratorPassword)';
go
if user_id(N'$(Schema)_service') is null
    create user [$(Schema)_service] for login [$(Schema)_service] with default_schema = [$(Schema)];
go
if user_id(N'$(Schema)_migrator') is null
    create user [$(Schema)_migrator] for login [$(Schema)_migrator] with default_schema = [$(Schema)];
go
-- The service reads and changes rows, and passes tables as parameters. No DDL, and no other schema.
grant select, insert, update, delete, execute on schema::[$(Schema)] to [$(Schema)_service];
go
-- The migrator makes and changes what is in this schema.
grant control on schema::[$(Schema)] to [$(Schema)_migrator];
grant create table, create type to [$(Schema)_migrator];
go
