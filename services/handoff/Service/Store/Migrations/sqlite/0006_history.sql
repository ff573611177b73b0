-- Every ledger that was handed off, unmasked, also one that came after a later one.
create table ledger_history (
    tuple_no    integer not null references tuple (tuple_no),
    revision    integer not null,
    sha256      text    not null,
    content     text    not null,
    recorded_at text    not null,
    primary key (tuple_no, revision)
);

create index ledger_history_by_time on ledger_history (tuple_no, recorded_at, revision);

insert into ledger_history (tuple_no, revision, sha256, content, recorded_at)
select tuple_no, revision, sha256, content, recorded_at from ledger;

-- What one source record said about one field, and which ledgers show it. The value itself is in the last of them.
create table timeline (
    tuple_no          integer not null references tuple (tuple_no),
    said              text    not null,          -- hash of field, record and value
    field             text    not null,
    first_revision    integer not null,
    first_recorded_at text    not null,
    last_revision     integer not null,
    place             integer not null,          -- of the candidate among its field's in the last ledger, from 0
    primary key (tuple_no, said)
) without rowid;

create index timeline_by_revision on timeline (tuple_no, first_revision, said);
create index timeline_by_field on timeline (tuple_no, field, first_revision, said);
