-- What sources pushed, whole: one row per content, format and variant, however often it was delivered.
create table {schema}.notification (
    notification_id bigint identity not null,             -- the order in which they are normalised
    sha256          nvarchar(64) collate Latin1_General_100_BIN2 not null,
    format          nvarchar(100) collate Latin1_General_100_BIN2 not null,
    variant         nvarchar(max) collate Latin1_General_100_BIN2 not null, -- instance and headers that are read and not in the address
    variant_hash    as cast(hashbytes('SHA2_256', variant) as binary(32)) persisted not null, -- a variant is too long for an index
    body            varbinary(max) not null,
    headers         nvarchar(max) collate Latin1_General_100_BIN2 not null, -- JSON object, keys lower case, never a credential
    instance        nvarchar(max) collate Latin1_General_100_BIN2 null,
    received_at     datetimeoffset(7) not null,           -- the earliest receipt, which is the extraction time
    deliveries      bigint not null,
    revision        bigint not null,                      -- raised when headers or receipt change, or it is to be read anew
    state           nvarchar(20) collate Latin1_General_100_BIN2 not null, -- kept | normalised
    mapping_version int null,
    items           bigint not null constraint notification_items_default default 0,
    rejected        bigint not null constraint notification_rejected_default default 0,
    failed          bit not null constraint notification_failed_default default 0, -- 1: quarantined, the normaliser itself failed
    claimed_until   datetimeoffset(7) null,               -- a process is normalising it
    released_at     datetimeoffset(7) null,               -- the body was let go, since nothing rested on it any more
    body_bytes      as cast(datalength(body) as bigint) persisted not null,
    constraint notification_key primary key clustered (notification_id),
    constraint notification_content unique (sha256, format, variant_hash)
);

create index notification_kept on {schema}.notification (notification_id) include (state, claimed_until) where state = 'kept';
create index notification_unusable on {schema}.notification (format, mapping_version) include (state, failed, rejected) where rejected > 0;
create index notification_whole on {schema}.notification (notification_id) include (state, rejected, released_at)
    where state = 'normalised' and rejected = 0 and released_at is null;
-- Counting and adding up read these indexes alone, never the bodies.
create index notification_counts on {schema}.notification (state) include (deliveries, items);
create index notification_bytes on {schema}.notification (body_bytes);

-- One row per receipt; its id is the intake id that the sender is told.
create table {schema}.delivery (
    delivery_id     bigint identity not null,
    notification_id bigint not null,
    received_at     datetimeoffset(7) not null,
    constraint delivery_key primary key clustered (delivery_id),
    constraint delivery_content foreign key (notification_id) references {schema}.notification (notification_id)
);

create index delivery_notification on {schema}.delivery (notification_id, delivery_id);

-- What normalising made of each item of a content.
create table {schema}.item (
    notification_id bigint not null,
    item_index      int not null,
    outcome         nvarchar(20) collate Latin1_General_100_BIN2 not null, -- observed | hint | irrelevant | rejected
    reason          nvarchar(max) null,
    pointer         nvarchar(max) null,
    instance        nvarchar(max) null,                   -- hint: whom to ask
    target          nvarchar(max) null,                   -- hint: what for
    content_sha256  nvarchar(64) null,                    -- what it says, so that another reading can be compared
    constraint item_key primary key clustered (notification_id, item_index),
    constraint item_content foreign key (notification_id) references {schema}.notification (notification_id)
);

create index item_outcome on {schema}.item (outcome, notification_id, item_index);

create type {schema}.item_row as table (
    notification_id bigint not null,
    item_index      int not null,
    outcome         nvarchar(20) collate Latin1_General_100_BIN2 not null,
    reason          nvarchar(max) null,
    pointer         nvarchar(max) null,
    instance        nvarchar(max) null,
    target          nvarchar(max) null,
    content_sha256  nvarchar(64) null,
    primary key (notification_id, item_index)
);

create type {schema}.reading_row as table (
    notification_id bigint not null primary key,
    revision        bigint not null,
    mapping_version int not null,
    items           int not null,
    rejected        int not null,
    failed          bit not null
);
