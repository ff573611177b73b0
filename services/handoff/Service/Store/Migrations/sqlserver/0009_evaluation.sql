-- What the figures of the evaluation are summed up from. All of it follows from ledgers, packages and decisions, but for
-- what records the arrival: late, contradiction.
alter table {schema}.ledger add
    conflicts_held       int null,               -- fields in conflict, by what became of them; null before counted
    conflicts_ruled      int null,
    conflicts_converging int null;

create index ledger_by_figures on {schema}.ledger (release_train, recorded_at) include (conflicts_held, conflicts_ruled, conflicts_converging);

-- Fields that some ledger, current or past, overwrote silently. Empty, unless there is a defect.
create table {schema}.overwritten (
    tuple_no bigint not null references {schema}.tuple (tuple_no),
    field    nvarchar(100) collate Latin1_General_100_BIN2 not null,
    constraint overwritten_key primary key clustered (tuple_no, field)
);

-- When notifications brought conflicts about a tuple, and when the first package that shows them was prepared.
create table {schema}.episode (
    tuple_no bigint not null references {schema}.tuple (tuple_no),
    began_at datetimeoffset(7) not null,
    ready_at datetimeoffset(7) not null,
    leads    bit not null,
    took_ms  bigint not null,
    constraint episode_key primary key clustered (tuple_no, began_at)
);

create index episode_by_span on {schema}.episode (took_ms, leads);

-- What stewards made of the fields of a package: sets of fields as bits.
create table {schema}.judgement (
    tuple_no         bigint not null references {schema}.tuple (tuple_no),
    package_revision bigint not null,
    accepted         bigint not null,
    refused          bigint not null,
    from_hold        bigint not null,
    constraint judgement_key primary key clustered (tuple_no, package_revision)
);

-- Packages that came after a later one of their tuple.
alter table {schema}.package add late bit not null constraint package_late default 0;

create index package_by_figures on {schema}.package (tuple_no, revision) include (late);

-- Contents that contradict a revision that is kept: announced under its number, or derived again in its place.
create table {schema}.contradiction (
    tuple_no bigint not null references {schema}.tuple (tuple_no),
    kind     nvarchar(20) collate Latin1_General_100_BIN2 not null, -- ledger, package, rederived
    revision bigint not null,
    sha256   nvarchar(64) collate Latin1_General_100_BIN2 not null,
    noted_at datetimeoffset(7) not null,
    constraint contradiction_key primary key clustered (tuple_no, kind, revision, sha256)
);

-- How far the figures of what was there before them are counted, and how far that has to go.
alter table {schema}.handoff add
    counted_to  bigint not null constraint handoff_counted_to default 0,
    count_until bigint not null constraint handoff_count_until default 0;

create type {schema}.counted_ledger_row as table (
    tuple_no             bigint not null primary key,
    revision             bigint not null,
    sha256               nvarchar(64) collate Latin1_General_100_BIN2 not null,
    content              nvarchar(max) collate Latin1_General_100_BIN2 not null,
    recorded_at          datetimeoffset(7) not null,
    on_hold              bit not null,
    release_train        nvarchar(400) collate Latin1_General_100_BIN2 null,
    conflicts_held       int not null,
    conflicts_ruled      int not null,
    conflicts_converging int not null
);

create type {schema}.ledger_count_row as table (
    tuple_no             bigint not null primary key,
    conflicts_held       int not null,
    conflicts_ruled      int not null,
    conflicts_converging int not null
);

create type {schema}.overwritten_row as table (
    tuple_no bigint not null,
    field    nvarchar(100) collate Latin1_General_100_BIN2 not null,
    primary key (tuple_no, field)
);

create type {schema}.episode_row as table (
    tuple_no bigint not null,
    began_at datetimeoffset(7) not null,
    ready_at datetimeoffset(7) not null,
    leads    bit not null,
    took_ms  bigint not null,
    primary key (tuple_no, began_at)
);

create type {schema}.contradiction_row as table (
    tuple_no bigint not null,
    kind     nvarchar(20) collate Latin1_General_100_BIN2 not null,
    revision bigint not null,
    sha256   nvarchar(64) collate Latin1_General_100_BIN2 not null,
    primary key (tuple_no, kind, revision, sha256)
);
