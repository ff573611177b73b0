-- Evidence: observations are only ever added. Everything below them is derived, and can be derived again.
create table observation (
    observation_id      text    not null primary key, -- SHA-256 of the body
    record_key          text    not null,
    notification_sha256 text    not null,
    format              text    not null,
    item_index          integer not null,
    mapping_version     integer not null,
    extracted_at        text    not null,             -- the least of all deliveries
    deliveries          integer not null,
    body                text    not null              -- the observation without its extraction time
);

create index observation_record on observation (record_key);
create index observation_notification on observation (notification_sha256);

-- What each source record says now.
create table record (
    record_key text    not null primary key,
    history    text    not null,
    retired    integer not null,                      -- 1: says nothing that reconciling asks for
    revision   integer not null
);

-- What ties records to artifact tuples; facts of any revision, never taken back.
create table named (
    tuple_key  text not null,
    record_key text not null,
    primary key (tuple_key, record_key)
) without rowid;

create index named_record on named (record_key);

create table anchor (
    tuple_key text not null,
    digest    text not null,
    primary key (tuple_key, digest)
) without rowid;

create index anchor_digest on anchor (digest);

create table bound_digest (
    digest      text not null,
    coordinates text not null,                        -- '' binds in every repository
    record_key  text not null,
    primary key (digest, coordinates, record_key)
) without rowid;

create index bound_digest_record on bound_digest (record_key);

create table bound_repository (
    coordinates text not null,
    record_key  text not null,
    primary key (coordinates, record_key)
) without rowid;

create index bound_repository_record on bound_repository (record_key);

create table index_child (
    coordinates  text not null,
    index_digest text not null,
    child_digest text not null,
    primary key (coordinates, index_digest, child_digest)
) without rowid;

create index index_child_child on index_child (child_digest);

-- When each source instance was last heard.
create table watermark (
    source   text not null,
    instance text not null,
    heard_at text not null,
    primary key (source, instance)
) without rowid;

-- Tuples with a field whose authority was not heard within its window: they are looked at when it is heard again.
create table expired_window (
    source    text not null,
    instance  text not null,
    tuple_key text not null,
    primary key (source, instance, tuple_key)
) without rowid;

create index expired_window_tuple on expired_window (tuple_key);

-- The ledger of each artifact tuple, and its open package.
create table tuple (
    tuple_key        text    not null primary key,
    registry         text    not null,
    repository       text    not null,
    tag              text    not null,
    coordinates      text    not null,
    revision         integer not null,                -- raised with every change of the ledger or the package
    ledger_sha256    text    null,
    ledger           text    null,                    -- canonical JSON
    package_revision integer not null,                -- the last of the chain, 0 before the first
    package_id       text    null,                    -- the last of the chain
    decision_key     text    null                     -- its decision key while it is open
);

create index tuple_coordinates on tuple (coordinates);

-- The chain of packages of each tuple.
create table package (
    tuple_key    text    not null,
    revision     integer not null,
    package_id   text    not null,
    decision_key text    not null,
    supersedes   text    null,
    prepared_at  text    not null,
    closed_at    text    null,                        -- superseded, or nothing left to decide
    content      text    not null,                    -- canonical JSON
    primary key (tuple_key, revision)
);

-- Steward pins: evidence of their own kind.
create table pin (
    tuple_key     text    not null,
    field         text    not null,
    sequence      integer not null,
    chosen        text    not null,                   -- JSON array of strings
    candidate_set text    not null,
    expires_at    text    not null,
    reason        text    not null,
    primary key (tuple_key, field, sequence)
) without rowid;

-- The policy and derivation that the derived tables were made with.
create table derivation (
    stamp text not null primary key
) without rowid;

-- Messages that alone could not be folded, kept whole.
create table quarantine (
    message_id text    not null primary key,
    body       text    not null,
    reason     text    not null,
    attempts   integer not null,
    failed_at  text    not null
);

-- State of the sagas.
create table saga (
    saga           text    not null,
    correlation_id text    not null,
    current_state  text    not null,
    body           text    not null,
    revision       integer not null,
    primary key (saga, correlation_id)
);
