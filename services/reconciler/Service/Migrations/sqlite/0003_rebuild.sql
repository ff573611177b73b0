-- What the message about the current ledger said, so that it can be sent again; null where an earlier version recorded it.
alter table tuple add column ledger_revision integer null;
alter table tuple add column ledger_recorded_at text null;
alter table tuple add column hold_openings text null;  -- a line each: id, instant, hash of the opening ledger, by tabs

-- The ledger that left nothing to decide; null for a package that was superseded.
alter table package add column ended_by text null;

-- Requests to send everything again, and how far each has come.
create table rebuild (
    request_id   text    not null primary key,
    requested_at text    not null,
    received_at  text    not null,
    started_at   text    null,
    after_key    text    not null,               -- the last tuple that was sent, '' before the first
    tuples       integer not null,
    packages     integer not null,
    contradicted integer not null,               -- ledgers that came out otherwise than they were announced
    finished_at  text    null
) without rowid;

create index rebuild_in_turn on rebuild (finished_at, received_at, request_id);
