-- What asking each configured source instance came to; its watermark among it.
create table {schema}.resync (
    name          nvarchar(100) collate Latin1_General_100_BIN2 not null, -- as configured
    asked         nvarchar(max) collate Latin1_General_100_BIN2 not null, -- API and address: another one is asked from the beginning
    watermark     nvarchar(max) collate Latin1_General_100_BIN2 null,     -- where the next question goes on, in the client's spelling
    behind        bigint null,                            -- records that the source has beyond it
    due_at        datetimeoffset(7) not null,
    requested_at  datetimeoffset(7) null,                 -- by a hint, a person or a message
    claimed_until datetimeoffset(7) null,                 -- a process is asking
    claimed_by    uniqueidentifier null,
    started_at    datetimeoffset(7) null,
    heard_at      datetimeoffset(7) null,                 -- the last part of an answer
    succeeded_at  datetimeoffset(7) null,                 -- the last complete answer
    failed_at     datetimeoffset(7) null,
    trouble       nvarchar(30) collate Latin1_General_100_BIN2 null, -- what kept it from answering; null since the last complete answer
    detail        nvarchar(max) null,                     -- in words, without values
    failures      bigint not null constraint resync_failures_default default 0, -- in a row
    constraint resync_key primary key clustered (name)
);

-- What a source said last of things that can go back to what they were: saying it again is nothing new,
-- unless somebody else spoke of them since (an empty state).
create table {schema}.resync_seen (
    name   nvarchar(100) collate Latin1_General_100_BIN2 not null,
    target nvarchar(330) collate Latin1_General_100_BIN2 not null,
    state  nvarchar(max) collate Latin1_General_100_BIN2 not null,
    constraint resync_seen_key primary key clustered (name, target)
);

-- What hints named, to be asked for by name.
create table {schema}.resync_wish (
    name     nvarchar(100) collate Latin1_General_100_BIN2 not null,
    target   nvarchar(330) collate Latin1_General_100_BIN2 not null,
    asked_at datetimeoffset(7) not null,
    constraint resync_wish_key primary key clustered (name, target)
);

create type {schema}.seen_row as table (
    name   nvarchar(100) collate Latin1_General_100_BIN2 not null,
    target nvarchar(330) collate Latin1_General_100_BIN2 not null,
    state  nvarchar(max) collate Latin1_General_100_BIN2 null,
    primary key (name, target)
);

create type {schema}.wish_row as table (
    name     nvarchar(100) collate Latin1_General_100_BIN2 not null,
    target   nvarchar(330) collate Latin1_General_100_BIN2 not null,
    asked_at datetimeoffset(7) not null,
    primary key (name, target)
);
