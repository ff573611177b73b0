-- Every ledger that was handed off, unmasked, also one that came after a later one.
create table {schema}.ledger_history (
    tuple_no    bigint not null,
    revision    bigint not null,
    sha256      nvarchar(64) collate Latin1_General_100_BIN2 not null,
    content     nvarchar(max) collate Latin1_General_100_BIN2 not null,
    recorded_at datetimeoffset(7) not null,
    constraint ledger_history_key primary key clustered (tuple_no, revision),
    constraint ledger_history_tuple foreign key (tuple_no) references {schema}.tuple (tuple_no)
);

create index ledger_history_by_time on {schema}.ledger_history (tuple_no, recorded_at, revision);

insert into {schema}.ledger_history (tuple_no, revision, sha256, content, recorded_at)
select l.tuple_no, l.revision, l.sha256, l.content, l.recorded_at from {schema}.ledger l;

create type {schema}.ledger_history_row as table (
    tuple_no    bigint not null,
    revision    bigint not null,
    sha256      nvarchar(64) collate Latin1_General_100_BIN2 not null,
    content     nvarchar(max) collate Latin1_General_100_BIN2 not null,
    recorded_at datetimeoffset(7) not null,
    primary key (tuple_no, revision)
);

-- What one source record said about one field, and which ledgers show it. The value itself is in the last of them.
create table {schema}.timeline (
    tuple_no          bigint not null,
    said              nvarchar(64) collate Latin1_General_100_BIN2 not null, -- hash of field, record and value
    field             nvarchar(100) collate Latin1_General_100_BIN2 not null,
    first_revision    bigint not null,
    first_recorded_at datetimeoffset(7) not null,
    last_revision     bigint not null,
    place             int not null, -- of the candidate among its field's in the last ledger, from 0
    constraint timeline_key primary key clustered (tuple_no, said),
    constraint timeline_tuple foreign key (tuple_no) references {schema}.tuple (tuple_no)
);

create index timeline_by_revision on {schema}.timeline (tuple_no, first_revision, said);
create index timeline_by_field on {schema}.timeline (tuple_no, field, first_revision, said);

create type {schema}.timeline_row as table (
    tuple_no          bigint not null,
    said              nvarchar(64) collate Latin1_General_100_BIN2 not null,
    field             nvarchar(100) collate Latin1_General_100_BIN2 not null,
    first_revision    bigint not null,
    first_recorded_at datetimeoffset(7) not null,
    last_revision     bigint not null,
    place             int not null,
    primary key (tuple_no, said)
);
