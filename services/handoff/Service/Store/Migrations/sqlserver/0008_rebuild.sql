-- Requests to have the reconciler send everything again.
create table {schema}.rebuild_request (
    request_id   uniqueidentifier not null,
    subject      nvarchar(400) collate Latin1_General_100_BIN2 not null,
    requested_at datetimeoffset(7) not null,
    constraint rebuild_request_key primary key clustered (request_id)
);
