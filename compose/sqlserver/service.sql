-- One service: its schema, and a login that reads and writes there and nowhere else.
set nocount on;

if schema_id('$(schema)') is null exec('create schema $(schema)');
go

if suser_id('$(schema)') is null
  create login $(schema) with password = '$(password)', default_database = release_integrity;
else
  alter login $(schema) with password = '$(password)';
if user_id('$(schema)') is null create user $(schema) for login $(schema);
alter user $(schema) with default_schema = $(schema);
go

-- Execute: for the table types of its batches.
grant select, insert, update, delete, execute on schema::$(schema) to $(schema);
go
