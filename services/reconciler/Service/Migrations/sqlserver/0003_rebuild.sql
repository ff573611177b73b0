-- What the message about the current ledger said, so that it can be sent again; null where an earlier version recorded it.
alter table {schema}.tuple add
    ledger_revision    bigint null,
    ledger_recorded_at datetimeoffset(7) null,
    hold_openings      nvarchar(max) collate Latin1_General_100_BIN2 null; -- a line each: id, instant, hash of the opening ledger, by tabs

-- The ledger that left nothing to decide; null for a package that was superseded.
alter table {schema}.package add ended_by nvarchar(64) collate Latin1_General_100_BIN2 null;

-- Requests to send everything again, and how far each has come.
create table {schema}.rebuild (
    request_id   uniqueidentifier not null,
    requested_at datetimeoffset(7) not null,
    received_at  datetimeoffset(7) not null,
    started_at   datetimeoffset(7) null,
    after_key    nvarchar(32) collate Latin1_General_100_BIN2 not null, -- the last tuple that was sent, '' before the first
    tuples       bigint not null,
    packages     bigint not null,
    contradicted bigint not null,                -- ledgers that came out otherwise than they were announced
    finished_at  datetimeoffset(7) null,
    constraint rebuild_key primary key clustered (request_id)
);

create index rebuild_in_turn on {schema}.rebuild (finished_at, received_at, request_id);

create type {schema}.announced_ledger_row as table (
    tuple_key          nvarchar(32) collate Latin1_General_100_BIN2 not null primary key,
    revision           bigint not null,
    ledger_sha256      nvarchar(64) collate Latin1_General_100_BIN2 null,
    holds              nvarchar(max) collate Latin1_General_100_BIN2 null,
    on_hold            bit null,
    converging         bit null,
    package_revision   bigint not null,
    package_id         nvarchar(64) collate Latin1_General_100_BIN2 null,
    decision_key       nvarchar(64) collate Latin1_General_100_BIN2 null,
    ledger_revision    bigint null,
    ledger_recorded_at datetimeoffset(7) null,
    hold_openings      nvarchar(max) collate Latin1_General_100_BIN2 null
);

create type {schema}.ended_package_row as table (
    tuple_key nvarchar(32) collate Latin1_General_100_BIN2 not null primary key,
    revision  bigint not null,
    ended_by  nvarchar(64) collate Latin1_General_100_BIN2 null
);
