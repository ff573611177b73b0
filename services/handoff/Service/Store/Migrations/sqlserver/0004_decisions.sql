-- What stewards decided, in the order in which they did.
create table {schema}.decision (
    decision_no      bigint identity not null,
    tuple_no         bigint not null,
    request_id       nvarchar(40) collate Latin1_General_100_BIN2 not null,
    request_sha256   nvarchar(64) collate Latin1_General_100_BIN2 not null,
    kind             nvarchar(20) collate Latin1_General_100_BIN2 not null, -- acknowledge, authorize-repair, return, annotate, pin, unpin
    steward          nvarchar(300) collate Latin1_General_100_BIN2 not null,
    decided_at       datetimeoffset(7) not null,
    package_revision bigint null, -- null for unpin
    field            nvarchar(100) collate Latin1_General_100_BIN2 null,
    note             nvarchar(max) collate Latin1_General_100_BIN2 not null, -- as it was written, unmasked
    state            nvarchar(30) collate Latin1_General_100_BIN2 not null, -- effective, awaiting-second-person, confirming
    second_steward   nvarchar(300) collate Latin1_General_100_BIN2 null,
    writes           nvarchar(max) collate Latin1_General_100_BIN2 not null, -- ids of authorised writes, sorted, a line each
    candidate        bigint null, -- of the field in the package's ledger
    expires_at       datetimeoffset(7) null,
    package_state    nvarchar(20) collate Latin1_General_100_BIN2 null, -- where the package stood after it
    sequence         bigint not null, -- of the store, as packages have it
    constraint decision_key primary key clustered (decision_no),
    constraint decision_tuple foreign key (tuple_no) references {schema}.tuple (tuple_no)
);

create unique index decision_by_request on {schema}.decision (request_id);
create index decision_by_tuple on {schema}.decision (tuple_no, decision_no);
create index decision_by_package on {schema}.decision (tuple_no, package_revision, decision_no);

-- Authorised writes, and what the ledgers since then show of them.
create table {schema}.repair (
    tuple_no         bigint not null,
    package_revision bigint not null,
    write_id         nvarchar(200) collate Latin1_General_100_BIN2 not null,
    decision_no      bigint not null,
    state            nvarchar(20) collate Latin1_General_100_BIN2 not null, -- pending, observed, diverged
    ledger_revision  bigint not null, -- the last ledger that was looked at
    observed_at      datetimeoffset(7) null,
    constraint repair_key primary key clustered (tuple_no, package_revision, write_id),
    constraint repair_tuple foreign key (tuple_no) references {schema}.tuple (tuple_no),
    constraint repair_decision foreign key (decision_no) references {schema}.decision (decision_no)
);

create index repair_by_decision on {schema}.repair (decision_no);
