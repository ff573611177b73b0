-- What the figures of the evaluation are summed up from. All of it follows from ledgers, packages and decisions, but for
-- what records the arrival: late, contradiction.
alter table ledger add column conflicts_held integer null;       -- fields in conflict, by what became of them; null before counted
alter table ledger add column conflicts_ruled integer null;
alter table ledger add column conflicts_converging integer null;
create index ledger_by_figures on ledger (release_train, recorded_at, conflicts_held, conflicts_ruled, conflicts_converging);

-- Fields that some ledger, current or past, overwrote silently. Empty, unless there is a defect.
create table overwritten (
    tuple_no integer not null references tuple (tuple_no),
    field    text    not null,
    primary key (tuple_no, field)
) without rowid;

-- When notifications brought conflicts about a tuple, and when the first package that shows them was prepared.
create table episode (
    tuple_no integer not null references tuple (tuple_no),
    began_at text    not null,
    ready_at text    not null,
    leads    integer not null,
    took_ms  integer not null,
    primary key (tuple_no, began_at)
) without rowid;

create index episode_by_span on episode (took_ms, leads);

-- What stewards made of the fields of a package: sets of fields as bits.
create table judgement (
    tuple_no         integer not null references tuple (tuple_no),
    package_revision integer not null,
    accepted         integer not null,
    refused          integer not null,
    from_hold        integer not null,
    primary key (tuple_no, package_revision)
) without rowid;

-- Packages that came after a later one of their tuple.
alter table package add column late integer not null default 0;
create index package_by_figures on package (tuple_no, revision, late);

-- Contents that contradict a revision that is kept: announced under its number, or derived again in its place.
create table contradiction (
    tuple_no integer not null references tuple (tuple_no),
    kind     text    not null,          -- ledger, package, rederived
    revision integer not null,
    sha256   text    not null,
    noted_at text    not null,
    primary key (tuple_no, kind, revision, sha256)
) without rowid;

-- How far the figures of what was there before them are counted, and how far that has to go.
alter table handoff add column counted_to integer not null default 0;
alter table handoff add column count_until integer not null default 0;
update handoff set count_until = (select coalesce(max(tuple_no), 0) from tuple);
