-- Lists of keys as parameters. A released type is never changed: another one takes its place.
create type {schema}.text_list as table (
    value nvarchar(450) collate Latin1_General_100_BIN2 not null primary key
);

create type {schema}.id_list as table (
    value uniqueidentifier not null primary key
);

create type {schema}.number_list as table (
    value bigint not null primary key
);

-- Messages to publish, written in the transaction of the state that they announce.
create table {schema}.outbox (
    position    bigint identity not null,
    message_id  uniqueidentifier not null,
    type        nvarchar(200) collate Latin1_General_100_BIN2 not null,
    payload     varbinary(max) not null,
    destination nvarchar(200) collate Latin1_General_100_BIN2 null,
    order_key   nvarchar(200) collate Latin1_General_100_BIN2 null,
    created_at  datetimeoffset(7) not null,
    due_at      datetimeoffset(7) not null,            -- not to be claimed before: a claim's lease, a retry's delay, a re-send
    published   bit not null constraint outbox_published_default default 0, -- 1: handed to the transport, waiting for the consumer's confirmation
    attempts    int not null constraint outbox_attempts_default default 0,
    constraint outbox_key primary key clustered (position),
    constraint outbox_message unique (message_id)
);

create index outbox_order on {schema}.outbox (order_key, position) include (published, due_at) where order_key is not null;
create index outbox_published on {schema}.outbox (due_at) where published = 1;

create type {schema}.outbox_row as table (
    number      int not null primary key,              -- the order of writing
    message_id  uniqueidentifier not null,
    type        nvarchar(200) collate Latin1_General_100_BIN2 not null,
    payload     varbinary(max) not null,
    destination nvarchar(200) collate Latin1_General_100_BIN2 null,
    order_key   nvarchar(200) collate Latin1_General_100_BIN2 null
);

-- Messages that a consumer of this store has processed, written in the transaction of what it made of them.
create table {schema}.inbox (
    consumer     nvarchar(200) collate Latin1_General_100_BIN2 not null,
    message_id   uniqueidentifier not null,
    processed_at datetimeoffset(7) not null,
    constraint inbox_key primary key clustered (consumer, message_id)
);

create index inbox_age on {schema}.inbox (processed_at);

-- Things to do at an instant; one per kind and key.
create table {schema}.timer (
    kind       nvarchar(100) collate Latin1_General_100_BIN2 not null,
    "key"      nvarchar(200) collate Latin1_General_100_BIN2 not null,
    due_at     datetimeoffset(7) not null,
    payload    nvarchar(max) null,
    claimed_until datetimeoffset(7) null,
    attempts   int not null constraint timer_attempts_default default 0,
    constraint timer_key primary key clustered (kind, "key")
);

create index timer_due on {schema}.timer (due_at) include (claimed_until);
create index timer_claimed on {schema}.timer (claimed_until) where claimed_until is not null;

create type {schema}.timer_row as table (
    kind       nvarchar(100) collate Latin1_General_100_BIN2 not null,
    "key"      nvarchar(200) collate Latin1_General_100_BIN2 not null,
    due_at     datetimeoffset(7) not null,
    payload    nvarchar(max) null,
    primary key (kind, "key")
);
