-- One row. The store's own id tells tokens of this store from those of another; sequence counts changes of packages.
create table handoff (
    id       integer primary key check (id = 1),
    store_id text    not null,
    sequence integer not null,
    key_mark text    not null               -- which token key the keyed columns of tuple were made with
);

insert into handoff (id, store_id, sequence, key_mark) values (1, lower(hex(randomblob(8))), 0, '');

-- Tuples in the order in which they were first seen.
create table tuple (
    tuple_no         integer primary key autoincrement,
    registry         text not null,
    repository       text not null,
    tag              text not null,
    tuple_id         text not null,
    repository_token text not null,
    unique (registry, repository, tag)
);

create unique index tuple_by_id on tuple (tuple_id);
create index tuple_by_repository on tuple (repository_token, tuple_no);

-- The current ledger of a tuple, unmasked.
create table ledger (
    tuple_no      integer primary key references tuple (tuple_no),
    revision      integer not null,
    sha256        text    not null,
    content       text    not null,
    recorded_at   text    not null,
    on_hold       integer not null,
    release_train text    null              -- null where the policy masks trains
);

create index ledger_by_hold on ledger (on_hold, tuple_no);
create index ledger_by_train on ledger (release_train, tuple_no);

-- The holds of current ledgers, so that they can be found; what they say is in the ledger.
create table hold (
    tuple_no integer not null references tuple (tuple_no),
    field    text    not null,
    hold_id  text    not null,
    is_root  integer not null,
    primary key (tuple_no, field)
) without rowid;

create index hold_by_field on hold (field, tuple_no);

-- Every reason of a hold.
create table hold_reason (
    reason   text    not null,
    tuple_no integer not null references tuple (tuple_no),
    field    text    not null,
    primary key (reason, tuple_no, field)
) without rowid;

-- When holds were opened and released, as the reconciler said it, in whatever order it arrived.
create table hold_event (
    tuple_no      integer not null references tuple (tuple_no),
    hold_id       text    not null,
    kind          text    not null,          -- opened, released
    at            text    not null,
    ledger_sha256 text    not null,
    primary key (tuple_no, hold_id, kind, at, ledger_sha256)
) without rowid;

-- Packages, unmasked. Content never changes; state and sequence do when a later package of the chain arrives.
create table package (
    package_no    integer primary key autoincrement,
    tuple_no      integer not null references tuple (tuple_no),
    package_id    text    not null,
    revision      integer not null,
    supersedes    text    null,
    state         text    not null,          -- prepared, superseded, closed
    content       text    not null,
    prepared_at   text    not null,
    handed_off_at text    not null,
    release_train text    null,              -- null where the policy masks trains
    sequence      integer not null,
    unique (tuple_no, revision)
);

create unique index package_by_sequence on package (sequence);
create index package_by_tuple on package (tuple_no, package_no);
create index package_by_id on package (tuple_no, package_id, revision);
create index package_by_state on package (state, package_no);
create index package_by_train on package (release_train, package_no);

-- Packages that ended without a successor, kept apart since the end may arrive before the package.
create table package_end (
    tuple_no  integer not null references tuple (tuple_no),
    revision  integer not null,
    closed_at text    not null,
    primary key (tuple_no, revision)
) without rowid;

-- Every reason of a package's unresolved exceptions.
create table package_reason (
    reason     text    not null,
    package_no integer not null references package (package_no),
    primary key (reason, package_no)
) without rowid;
