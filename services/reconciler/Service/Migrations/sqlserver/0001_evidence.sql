-- Keys are hashes of fixed width (EvidenceKeys), so that every index stays within SQL Server's key lengths.
-- Evidence: observations are only ever added. Everything below them is derived, and can be derived again.
create table {schema}.observation (
    notification_sha256 nvarchar(64) collate Latin1_General_100_BIN2 not null,
    record_key          nvarchar(32) collate Latin1_General_100_BIN2 not null,
    format              nvarchar(64) collate Latin1_General_100_BIN2 not null,
    item_index          int not null,
    observation_id      nvarchar(32) collate Latin1_General_100_BIN2 not null, -- hash of the body
    mapping_version     int not null,
    extracted_at        datetimeoffset(7) not null,    -- the least of all deliveries
    deliveries          bigint not null,
    body                varbinary(max) not null,       -- the observation without its extraction time: JSON, UTF-8
    constraint observation_key primary key clustered (notification_sha256, record_key, format, item_index, observation_id)
);

create index observation_record on {schema}.observation (record_key);

-- What each source record says now. A revision stands for one history for ever, also across derivations.
create table {schema}.record (
    record_key nvarchar(32) collate Latin1_General_100_BIN2 not null,
    history    varbinary(max) not null,                -- JSON, UTF-8
    retired    bit not null,                           -- 1: says nothing that reconciling asks for
    revision   bigint not null,
    constraint record_primary primary key clustered (record_key)
);

-- What ties records to artifact tuples; facts of any revision, never taken back.
create table {schema}.named (
    tuple_key  nvarchar(32) collate Latin1_General_100_BIN2 not null,
    record_key nvarchar(32) collate Latin1_General_100_BIN2 not null,
    constraint named_key primary key clustered (tuple_key, record_key)
);

create index named_record on {schema}.named (record_key);

create table {schema}.anchor (
    tuple_key nvarchar(32) collate Latin1_General_100_BIN2 not null,
    digest    nvarchar(135) collate Latin1_General_100_BIN2 not null,
    constraint anchor_key primary key clustered (tuple_key, digest)
);

create index anchor_digest on {schema}.anchor (digest);

create table {schema}.bound_digest (
    digest         nvarchar(135) collate Latin1_General_100_BIN2 not null,
    repository_key nvarchar(32) collate Latin1_General_100_BIN2 not null, -- '' binds in every repository
    record_key     nvarchar(32) collate Latin1_General_100_BIN2 not null,
    constraint bound_digest_key primary key clustered (digest, repository_key, record_key)
);

create index bound_digest_record on {schema}.bound_digest (record_key);

create table {schema}.bound_repository (
    repository_key nvarchar(32) collate Latin1_General_100_BIN2 not null,
    record_key     nvarchar(32) collate Latin1_General_100_BIN2 not null,
    constraint bound_repository_key primary key clustered (repository_key, record_key)
);

create index bound_repository_record on {schema}.bound_repository (record_key);

create table {schema}.index_child (
    repository_key nvarchar(32) collate Latin1_General_100_BIN2 not null,
    index_digest   nvarchar(135) collate Latin1_General_100_BIN2 not null,
    child_digest   nvarchar(135) collate Latin1_General_100_BIN2 not null,
    constraint index_child_key primary key clustered (repository_key, index_digest, child_digest)
);

create index index_child_child on {schema}.index_child (child_digest);

-- When each source instance was last heard.
create table {schema}.watermark (
    instance_key nvarchar(32) collate Latin1_General_100_BIN2 not null,
    source       nvarchar(32) collate Latin1_General_100_BIN2 not null,
    instance     nvarchar(max) collate Latin1_General_100_BIN2 not null,
    heard_at     datetimeoffset(7) not null,
    constraint watermark_key primary key clustered (instance_key)
);

-- Tuples with a field whose authority was not heard within its window: they are looked at when it is heard again.
create table {schema}.expired_window (
    instance_key nvarchar(32) collate Latin1_General_100_BIN2 not null,
    tuple_key    nvarchar(32) collate Latin1_General_100_BIN2 not null,
    constraint expired_window_key primary key clustered (instance_key, tuple_key)
);

create index expired_window_tuple on {schema}.expired_window (tuple_key);

-- Where the ledger of each artifact tuple stands, and its open package. The ledger itself is what its message carried.
create table {schema}.tuple (
    tuple_key        nvarchar(32) collate Latin1_General_100_BIN2 not null,
    registry         nvarchar(max) collate Latin1_General_100_BIN2 not null,
    repository       nvarchar(max) collate Latin1_General_100_BIN2 not null,
    tag              nvarchar(128) collate Latin1_General_100_BIN2 not null,
    repository_key   nvarchar(32) collate Latin1_General_100_BIN2 not null,
    revision         bigint not null,                  -- raised with every change of the ledger or the package
    ledger_sha256    nvarchar(64) collate Latin1_General_100_BIN2 null, -- of the canonical bytes
    holds            nvarchar(max) collate Latin1_General_100_BIN2 null, -- the ids of its holds, one a line
    on_hold          bit null,                         -- as the case was told last; null before
    converging       bit null,                         -- as the case was told last; null before
    package_revision bigint not null,                  -- the last of the chain, 0 before the first
    package_id       nvarchar(64) collate Latin1_General_100_BIN2 null, -- the last of the chain
    decision_key     nvarchar(64) collate Latin1_General_100_BIN2 null, -- its decision key while it is open
    constraint tuple_primary primary key clustered (tuple_key)
);

create index tuple_repository on {schema}.tuple (repository_key);

-- The chain of packages of each tuple.
create table {schema}.package (
    tuple_key    nvarchar(32) collate Latin1_General_100_BIN2 not null,
    revision     bigint not null,
    package_id   nvarchar(64) collate Latin1_General_100_BIN2 not null,
    decision_key nvarchar(64) collate Latin1_General_100_BIN2 not null,
    supersedes   nvarchar(64) collate Latin1_General_100_BIN2 null,
    prepared_at  datetimeoffset(7) not null,
    closed_at    datetimeoffset(7) null,               -- superseded, or nothing left to decide
    content      varbinary(max) not null,              -- canonical JSON, UTF-8
    constraint package_key primary key clustered (tuple_key, revision)
);

-- Steward pins: evidence of their own kind.
create table {schema}.pin (
    tuple_key     nvarchar(32) collate Latin1_General_100_BIN2 not null,
    field         nvarchar(64) collate Latin1_General_100_BIN2 not null,
    sequence      bigint not null,
    chosen        nvarchar(max) collate Latin1_General_100_BIN2 not null, -- JSON array of strings
    candidate_set nvarchar(64) collate Latin1_General_100_BIN2 not null,
    expires_at    datetimeoffset(7) not null,
    reason        nvarchar(max) collate Latin1_General_100_BIN2 not null,
    constraint pin_key primary key clustered (tuple_key, field, sequence)
);

-- The policy and derivation that the derived tables were made with.
create table {schema}.derivation (
    stamp      nvarchar(200) collate Latin1_General_100_BIN2 not null,
    held_until datetimeoffset(7) null,                 -- nobody with another policy takes over before
    constraint derivation_key primary key clustered (stamp)
);

-- Messages that alone could not be folded, kept whole.
create table {schema}.quarantine (
    message_id uniqueidentifier not null,
    body       varbinary(max) not null,
    reason     nvarchar(200) collate Latin1_General_100_BIN2 not null,
    attempts   int not null,
    failed_at  datetimeoffset(7) not null,
    constraint quarantine_key primary key clustered (message_id)
);

create index quarantine_age on {schema}.quarantine (failed_at, message_id);

-- State of the sagas.
create table {schema}.saga (
    saga           nvarchar(100) collate Latin1_General_100_BIN2 not null,
    correlation_id uniqueidentifier not null,
    current_state  nvarchar(100) collate Latin1_General_100_BIN2 not null,
    body           nvarchar(max) collate Latin1_General_100_BIN2 not null,
    revision       bigint not null,
    constraint saga_key primary key clustered (saga, correlation_id)
);

-- Batches of rows as parameters. A released type is never changed: another one takes its place.
create type {schema}.item_row as table (
    notification_sha256 nvarchar(64) collate Latin1_General_100_BIN2 not null,
    record_key          nvarchar(32) collate Latin1_General_100_BIN2 not null,
    format              nvarchar(64) collate Latin1_General_100_BIN2 not null,
    item_index          int not null,
    primary key (notification_sha256, record_key, format, item_index)
);

create type {schema}.observation_row as table (
    notification_sha256 nvarchar(64) collate Latin1_General_100_BIN2 not null,
    record_key          nvarchar(32) collate Latin1_General_100_BIN2 not null,
    format              nvarchar(64) collate Latin1_General_100_BIN2 not null,
    item_index          int not null,
    observation_id      nvarchar(32) collate Latin1_General_100_BIN2 not null,
    mapping_version     int not null,
    extracted_at        datetimeoffset(7) not null,
    deliveries          bigint not null,
    body                varbinary(max) not null,
    primary key (notification_sha256, record_key, format, item_index, observation_id)
);

create type {schema}.delivery_row as table (
    notification_sha256 nvarchar(64) collate Latin1_General_100_BIN2 not null,
    record_key          nvarchar(32) collate Latin1_General_100_BIN2 not null,
    format              nvarchar(64) collate Latin1_General_100_BIN2 not null,
    item_index          int not null,
    observation_id      nvarchar(32) collate Latin1_General_100_BIN2 not null,
    extracted_at        datetimeoffset(7) not null,
    deliveries          bigint not null,
    primary key (notification_sha256, record_key, format, item_index, observation_id)
);

create type {schema}.record_row as table (
    record_key nvarchar(32) collate Latin1_General_100_BIN2 not null primary key,
    history    varbinary(max) not null,
    retired    bit not null,
    revision   bigint not null
);

create type {schema}.named_row as table (
    tuple_key  nvarchar(32) collate Latin1_General_100_BIN2 not null,
    record_key nvarchar(32) collate Latin1_General_100_BIN2 not null,
    primary key (tuple_key, record_key)
);

create type {schema}.anchor_row as table (
    tuple_key nvarchar(32) collate Latin1_General_100_BIN2 not null,
    digest    nvarchar(135) collate Latin1_General_100_BIN2 not null,
    primary key (tuple_key, digest)
);

create type {schema}.bound_digest_row as table (
    digest         nvarchar(135) collate Latin1_General_100_BIN2 not null,
    repository_key nvarchar(32) collate Latin1_General_100_BIN2 not null,
    record_key     nvarchar(32) collate Latin1_General_100_BIN2 not null,
    primary key (digest, repository_key, record_key)
);

create type {schema}.bound_repository_row as table (
    repository_key nvarchar(32) collate Latin1_General_100_BIN2 not null,
    record_key     nvarchar(32) collate Latin1_General_100_BIN2 not null,
    primary key (repository_key, record_key)
);

create type {schema}.index_child_row as table (
    repository_key nvarchar(32) collate Latin1_General_100_BIN2 not null,
    index_digest   nvarchar(135) collate Latin1_General_100_BIN2 not null,
    child_digest   nvarchar(135) collate Latin1_General_100_BIN2 not null,
    primary key (repository_key, index_digest, child_digest)
);

create type {schema}.tuple_row as table (
    tuple_key      nvarchar(32) collate Latin1_General_100_BIN2 not null primary key,
    registry       nvarchar(max) collate Latin1_General_100_BIN2 not null,
    repository     nvarchar(max) collate Latin1_General_100_BIN2 not null,
    tag            nvarchar(128) collate Latin1_General_100_BIN2 not null,
    repository_key nvarchar(32) collate Latin1_General_100_BIN2 not null
);

create type {schema}.heard_row as table (
    instance_key nvarchar(32) collate Latin1_General_100_BIN2 not null primary key,
    source       nvarchar(32) collate Latin1_General_100_BIN2 not null,
    instance     nvarchar(max) collate Latin1_General_100_BIN2 not null,
    heard_at     datetimeoffset(7) not null
);

create type {schema}.expired_window_row as table (
    instance_key nvarchar(32) collate Latin1_General_100_BIN2 not null,
    tuple_key    nvarchar(32) collate Latin1_General_100_BIN2 not null,
    primary key (instance_key, tuple_key)
);

create type {schema}.ledger_row as table (
    tuple_key        nvarchar(32) collate Latin1_General_100_BIN2 not null primary key,
    revision         bigint not null,
    ledger_sha256    nvarchar(64) collate Latin1_General_100_BIN2 null,
    holds            nvarchar(max) collate Latin1_General_100_BIN2 null,
    on_hold          bit null,
    converging       bit null,
    package_revision bigint not null,
    package_id       nvarchar(64) collate Latin1_General_100_BIN2 null,
    decision_key     nvarchar(64) collate Latin1_General_100_BIN2 null
);

create type {schema}.package_row as table (
    tuple_key    nvarchar(32) collate Latin1_General_100_BIN2 not null,
    revision     bigint not null,
    package_id   nvarchar(64) collate Latin1_General_100_BIN2 not null,
    decision_key nvarchar(64) collate Latin1_General_100_BIN2 not null,
    supersedes   nvarchar(64) collate Latin1_General_100_BIN2 null,
    prepared_at  datetimeoffset(7) not null,
    content      varbinary(max) not null,
    primary key (tuple_key, revision)
);

create type {schema}.open_package_row as table (
    tuple_key nvarchar(32) collate Latin1_General_100_BIN2 not null primary key,
    revision  bigint not null
);
