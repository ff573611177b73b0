-- What asking each configured source instance came to; its watermark among it.
create table resync (
    name          text    not null primary key,           -- as configured
    asked         text    not null,                       -- API and address: another one is asked from the beginning
    watermark     text    null,                           -- where the next question goes on, in the client's spelling
    behind        integer null,                           -- records that the source has beyond it
    due_at        text    not null,
    requested_at  text    null,                           -- by a hint, a person or a message
    claimed_until text    null,                           -- a process is asking
    claimed_by    text    null,
    started_at    text    null,
    heard_at      text    null,                           -- the last part of an answer
    succeeded_at  text    null,                           -- the last complete answer
    failed_at     text    null,
    trouble       text    null,                           -- what kept it from answering; null since the last complete answer
    detail        text    null,                           -- in words, without values
    failures      integer not null default 0              -- in a row
);

-- What a source said last of things that can go back to what they were: saying it again is nothing new,
-- unless somebody else spoke of them since (an empty state).
create table resync_seen (
    name   text not null,
    target text not null,
    state  text not null,
    primary key (name, target)
) without rowid;

-- What hints named, to be asked for by name.
create table resync_wish (
    name     text not null,
    target   text not null,
    asked_at text not null,
    primary key (name, target)
) without rowid;
