-- What sources pushed, whole: one row per content, format and variant, however often it was delivered.
create table notification (
    notification_id integer primary key autoincrement,    -- the order in which they are normalised
    sha256          text    not null,
    format          text    not null,
    variant         text    not null,                     -- instance and headers that are read and not in the address
    body            blob    not null,
    headers         text    not null,                     -- JSON object, keys lower case, never a credential
    instance        text    null,
    received_at     text    not null,                     -- the earliest receipt, which is the extraction time
    deliveries      integer not null,
    revision        integer not null,                     -- raised when headers or receipt change, or it is to be read anew
    state           text    not null,                     -- kept | normalised
    mapping_version integer null,
    items           integer not null default 0,
    rejected        integer not null default 0,
    failed          integer not null default 0,           -- 1: quarantined, the normaliser itself failed
    unique (sha256, format, variant)
);

create index notification_kept on notification (notification_id) where state = 'kept';
create index notification_unusable on notification (format, mapping_version) where rejected > 0;
-- Counting reads this index alone, never the bodies.
create index notification_counts on notification (state, deliveries, items);

-- One row per receipt; its id is the intake id that the sender is told.
create table delivery (
    delivery_id     integer primary key autoincrement,
    notification_id integer not null references notification (notification_id),
    received_at     text    not null
);

-- What normalising made of each item of a content.
create table item (
    notification_id integer not null references notification (notification_id),
    item_index      integer not null,
    outcome         text    not null,                     -- observed | hint | irrelevant | rejected
    reason          text    null,
    pointer         text    null,
    instance        text    null,                         -- hint: whom to ask
    target          text    null,                         -- hint: what for
    primary key (notification_id, item_index)
) without rowid;

create index item_outcome on item (outcome, notification_id, item_index);
