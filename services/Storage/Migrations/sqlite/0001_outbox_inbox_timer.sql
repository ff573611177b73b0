-- Messages to publish, written in the transaction of the state that they announce.
create table outbox (
    position   integer primary key autoincrement,
    message_id text    not null unique,
    type       text    not null,
    payload    blob    not null,
    destination text   null,
    order_key  text    null,
    created_at text    not null,
    due_at     text    not null,              -- not to be claimed before: a claim's lease, a retry's delay, a re-send
    published  integer not null default 0,    -- 1: handed to the transport, waiting for the consumer's confirmation
    attempts   integer not null default 0
);

create index outbox_order on outbox (order_key, position) where order_key is not null;
create index outbox_published on outbox (due_at) where published = 1;

-- Messages that a consumer of this store has processed, written in the transaction of what it made of them.
create table inbox (
    consumer     text not null,
    message_id   text not null,
    processed_at text not null,
    primary key (consumer, message_id)
) without rowid;

create index inbox_age on inbox (processed_at);

-- Things to do at an instant; one per kind and key.
create table timer (
    kind       text not null,
    key        text not null,
    due_at     text not null,
    payload    text null,
    claimed_until text null,
    attempts   integer not null default 0,
    primary key (kind, key)
) without rowid;

create index timer_due on timer (due_at) where claimed_until is null;
create index timer_claimed on timer (claimed_until) where claimed_until is not null;
