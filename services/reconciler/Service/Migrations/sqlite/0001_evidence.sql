-- Evidence: observations are only ever added. Everything below them is derived, and can be derived again.
create table observation (
    notification_sha256 text    not null,
    record_key          text    not null,
    format              text    not null,
    item_index          integer not null,
    observation_id      text    not null,             -- hash of the body
    mapping_version     integer not null,
    extracted_at        text    not null,             -- the least of all deliveries
    deliveries          integer not null,
    body                blob    not null,             -- the observation without its extraction time: JSON, UTF-8
    primary key (notification_sha256, record_key, format, item_index, observation_id)
);

create index observation_record on observation (record_key);

-- What each source record says now. A revision stands for one history for ever, also across derivations.
create table record (
    record_key text    not null primary key,
    history    blob    not null,                      -- JSON, UTF-8
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
    digest         text not null,
    repository_key text not null,                     -- '' binds in every repository
    record_key     text not null,
    primary key (digest, repository_key, record_key)
) without rowid;

create index bound_digest_record on bound_digest (record_key);

create table bound_repository (
    repository_key text not null,
    record_key     text not null,
    primary key (repository_key, record_key)
) without rowid;

create index bound_repository_record on bound_repository (record_key);

create table index_child (
    repository_key text not null,
    index_digest   text not null,
    child_digest   text not null,
    primary key (repository_key, index_digest, child_digest)
) without rowid;

create index index_child_child on index_child (child_digest);

-- When each source instance was last heard.
create table watermark (
    instance_key text not null primary key,
    source       text not null,
    instance     text not null,
    heard_at     text not null
) without rowid;

-- Tuples with a field whose authority was not heard within its window: they are looked at when it is heard again.
create table expired_window (
    instance_key text not null,
    tuple_key    text not null,
    primary key (instance_key, tuple_key)
) without rowid;

create index expired_window_tuple on expired_window (tuple_key);

-- Where the ledger of each artifact tuple stands, and its open package. The ledger itself is what its message carried.
create table tuple (
    tuple_key        text    not null primary key,
    registry         text    not null,
    repository       text    not null,
    tag              text    not null,
    repository_key   text    not null,
    revision         integer not null,                -- raised with every change of the ledger or the package
    ledger_sha256    text    null,                    -- of the canonical bytes
    holds            text    null,                    -- the ids of its holds, one a line
    on_hold          integer null,                    -- as the case was told last; null before
    converging       integer null,                    -- as the case was told last; null before
    package_revision integer not null,                -- the last of the chain, 0 before the first
    package_id       text    null,                    -- the last of the chain
    decision_key     text    null                     -- its decision key while it is open
);

create index tuple_repository on tuple (repository_key);

-- The chain of packages of each tuple.
create table package (
    tuple_key    text    not null,
    revision     integer not null,
    package_id   text    not null,
    decision_key text    not null,
    supersedes   text    null,
    prepared_at  text    not null,
    closed_at    text    null,                        -- superseded, or nothing left to decide
    content      blob    not null,                    -- canonical JSON, UTF-8
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
    body       blob    not null,
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
