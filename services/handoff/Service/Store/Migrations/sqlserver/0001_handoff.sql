-- One row. The store's own id tells tokens of this store from those of another; sequence counts changes of packages.
create table {schema}.handoff (
    id       int not null,
    store_id nvarchar(32) collate Latin1_General_100_BIN2 not null,
    sequence bigint not null,
    key_mark nvarchar(64) collate Latin1_General_100_BIN2 not null, -- which token key the keyed columns of tuple were made with
    constraint handoff_key primary key clustered (id),
    constraint handoff_one_row check (id = 1)
);

insert into {schema}.handoff (id, store_id, sequence, key_mark)
values (1, lower(left(replace(convert(nvarchar(36), newid()), '-', ''), 16)), 0, '');

-- Tuples in the order in which they were first seen.
create table {schema}.tuple (
    tuple_no         bigint identity not null,
    registry         nvarchar(300) collate Latin1_General_100_BIN2 not null,
    repository       nvarchar(300) collate Latin1_General_100_BIN2 not null,
    tag              nvarchar(200) collate Latin1_General_100_BIN2 not null,
    tuple_id         nvarchar(64) collate Latin1_General_100_BIN2 not null,
    repository_token nvarchar(64) collate Latin1_General_100_BIN2 not null,
    constraint tuple_key primary key clustered (tuple_no),
    constraint tuple_coordinates unique (registry, repository, tag)
);

create unique index tuple_by_id on {schema}.tuple (tuple_id);
create index tuple_by_repository on {schema}.tuple (repository_token, tuple_no);

create type {schema}.tuple_row as table (
    registry         nvarchar(300) collate Latin1_General_100_BIN2 not null,
    repository       nvarchar(300) collate Latin1_General_100_BIN2 not null,
    tag              nvarchar(200) collate Latin1_General_100_BIN2 not null,
    tuple_id         nvarchar(64) collate Latin1_General_100_BIN2 not null primary key,
    repository_token nvarchar(64) collate Latin1_General_100_BIN2 not null
);

-- The current ledger of a tuple, unmasked.
create table {schema}.ledger (
    tuple_no      bigint not null,
    revision      bigint not null,
    sha256        nvarchar(64) collate Latin1_General_100_BIN2 not null,
    content       nvarchar(max) collate Latin1_General_100_BIN2 not null,
    recorded_at   datetimeoffset(7) not null,
    on_hold       bit not null,
    release_train nvarchar(400) collate Latin1_General_100_BIN2 null, -- null where the policy masks trains
    constraint ledger_key primary key clustered (tuple_no),
    constraint ledger_tuple foreign key (tuple_no) references {schema}.tuple (tuple_no)
);

create index ledger_by_hold on {schema}.ledger (on_hold, tuple_no);
create index ledger_by_train on {schema}.ledger (release_train, tuple_no);

create type {schema}.ledger_row as table (
    tuple_no      bigint not null primary key,
    revision      bigint not null,
    sha256        nvarchar(64) collate Latin1_General_100_BIN2 not null,
    content       nvarchar(max) collate Latin1_General_100_BIN2 not null,
    recorded_at   datetimeoffset(7) not null,
    on_hold       bit not null,
    release_train nvarchar(400) collate Latin1_General_100_BIN2 null
);

-- The holds of current ledgers, so that they can be found; what they say is in the ledger.
create table {schema}.hold (
    tuple_no bigint not null,
    field    nvarchar(100) collate Latin1_General_100_BIN2 not null,
    hold_id  nvarchar(200) collate Latin1_General_100_BIN2 not null,
    is_root  bit not null,
    constraint hold_key primary key clustered (tuple_no, field),
    constraint hold_tuple foreign key (tuple_no) references {schema}.tuple (tuple_no)
);

create index hold_by_field on {schema}.hold (field, tuple_no);

create type {schema}.hold_row as table (
    tuple_no bigint not null,
    field    nvarchar(100) collate Latin1_General_100_BIN2 not null,
    hold_id  nvarchar(200) collate Latin1_General_100_BIN2 not null,
    is_root  bit not null,
    primary key (tuple_no, field)
);

-- Every reason of a hold.
create table {schema}.hold_reason (
    reason   nvarchar(100) collate Latin1_General_100_BIN2 not null,
    tuple_no bigint not null,
    field    nvarchar(100) collate Latin1_General_100_BIN2 not null,
    constraint hold_reason_key primary key clustered (reason, tuple_no, field),
    constraint hold_reason_tuple foreign key (tuple_no) references {schema}.tuple (tuple_no)
);

create index hold_reason_by_tuple on {schema}.hold_reason (tuple_no);

create type {schema}.hold_reason_row as table (
    reason   nvarchar(100) collate Latin1_General_100_BIN2 not null,
    tuple_no bigint not null,
    field    nvarchar(100) collate Latin1_General_100_BIN2 not null,
    primary key (reason, tuple_no, field)
);

-- When holds were opened and released, as the reconciler said it, in whatever order it arrived.
create table {schema}.hold_event (
    tuple_no      bigint not null,
    hold_id       nvarchar(200) collate Latin1_General_100_BIN2 not null,
    kind          nvarchar(20) collate Latin1_General_100_BIN2 not null, -- opened, released
    at            datetimeoffset(7) not null,
    ledger_sha256 nvarchar(64) collate Latin1_General_100_BIN2 not null,
    constraint hold_event_key primary key clustered (tuple_no, hold_id, kind, at, ledger_sha256),
    constraint hold_event_tuple foreign key (tuple_no) references {schema}.tuple (tuple_no)
);

create type {schema}.hold_event_row as table (
    tuple_no      bigint not null,
    hold_id       nvarchar(200) collate Latin1_General_100_BIN2 not null,
    kind          nvarchar(20) collate Latin1_General_100_BIN2 not null,
    at            datetimeoffset(7) not null,
    ledger_sha256 nvarchar(64) collate Latin1_General_100_BIN2 not null,
    primary key (tuple_no, hold_id, kind, at, ledger_sha256)
);

-- Packages, unmasked. Content never changes; state and sequence do when a later package of the chain arrives.
create table {schema}.package (
    package_no    bigint identity not null,
    tuple_no      bigint not null,
    package_id    nvarchar(100) collate Latin1_General_100_BIN2 not null,
    revision      bigint not null,
    supersedes    nvarchar(100) collate Latin1_General_100_BIN2 null,
    state         nvarchar(20) collate Latin1_General_100_BIN2 not null, -- prepared, superseded, closed
    content       nvarchar(max) collate Latin1_General_100_BIN2 not null,
    prepared_at   datetimeoffset(7) not null,
    handed_off_at datetimeoffset(7) not null,
    release_train nvarchar(400) collate Latin1_General_100_BIN2 null, -- null where the policy masks trains
    sequence      bigint not null,
    constraint package_key primary key clustered (package_no),
    constraint package_chain unique (tuple_no, revision),
    constraint package_tuple foreign key (tuple_no) references {schema}.tuple (tuple_no)
);

create unique index package_by_sequence on {schema}.package (sequence);
create index package_by_tuple on {schema}.package (tuple_no, package_no);
create index package_by_id on {schema}.package (tuple_no, package_id, revision);
create index package_by_state on {schema}.package (state, package_no);
create index package_by_train on {schema}.package (release_train, package_no);

-- Packages that ended without a successor, kept apart since the end may arrive before the package.
create table {schema}.package_end (
    tuple_no  bigint not null,
    revision  bigint not null,
    closed_at datetimeoffset(7) not null,
    constraint package_end_key primary key clustered (tuple_no, revision),
    constraint package_end_tuple foreign key (tuple_no) references {schema}.tuple (tuple_no)
);

-- Every reason of a package's unresolved exceptions.
create table {schema}.package_reason (
    reason     nvarchar(100) collate Latin1_General_100_BIN2 not null,
    package_no bigint not null,
    constraint package_reason_key primary key clustered (reason, package_no),
    constraint package_reason_package foreign key (package_no) references {schema}.package (package_no)
);

-- Keyed columns of tuples, when the token key changes.
create type {schema}.tuple_key_row as table (
    tuple_no         bigint not null primary key,
    tuple_id         nvarchar(64) collate Latin1_General_100_BIN2 not null,
    repository_token nvarchar(64) collate Latin1_General_100_BIN2 not null
);
