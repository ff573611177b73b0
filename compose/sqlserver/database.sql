-- The database, and the login that may change its schemas: for the command `migrate` alone.
set nocount on;

if db_id('release_integrity') is null create database release_integrity;
go

if (select is_read_committed_snapshot_on from sys.databases where name = 'release_integrity') = 0
  alter database release_integrity set read_committed_snapshot on with rollback immediate;
if (select snapshot_isolation_state from sys.databases where name = 'release_integrity') = 0
  alter database release_integrity set allow_snapshot_isolation on;
go

if suser_id('migrator') is null
  create login migrator with password = '$(password)', default_database = release_integrity;
else
  alter login migrator with password = '$(password)';
go

use release_integrity;
go

if user_id('migrator') is null create user migrator for login migrator;
alter role db_ddladmin add member migrator;
alter role db_datareader add member migrator;
alter role db_datawriter add member migrator;
go
