-- What stewards decided, in the order in which they did.
create table decision (
    decision_no      integer primary key autoincrement,
    tuple_no         integer not null references tuple (tuple_no),
    request_id       text    not null,
    request_sha256   text    not null,
    kind             text    not null,          -- acknowledge, authorize-repair, return, annotate, pin, unpin
    steward          text    not null,
    decided_at       text    not null,
    package_revision integer null,              -- null for unpin
    field            text    null,
    note             text    not null,          -- as it was written, unmasked
    state            text    not null,          -- effective, awaiting-second-person, confirming
    second_steward   text    null,
    writes           text    not null,          -- ids of authorised writes, sorted, a line each
    candidate        integer null,              -- of the field in the package's ledger
    expires_at       text    null,
    package_state    text    null,              -- where the package stood after it
    sequence         integer not null           -- of the store, as packages have it
);

create unique index decision_by_request on decision (request_id);
create index decision_by_tuple on decision (tuple_no, decision_no);
create index decision_by_package on decision (tuple_no, package_revision, decision_no);

-- Authorised writes, and what the ledgers since then show of them.
create table repair (
    tuple_no         integer not null references tuple (tuple_no),
    package_revision integer not null,
    write_id         text    not null,
    decision_no      integer not null references decision (decision_no),
    state            text    not null,          -- pending, observed, diverged
    ledger_revision  integer not null,          -- the last ledger that was looked at
    observed_at      text    null,
    primary key (tuple_no, package_revision, write_id)
) without rowid;

create index repair_by_decision on repair (decision_no);
