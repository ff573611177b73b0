-- What was disclosed, decided and denied. Every event carries the hash of the one before, so that a change shows.
create table {schema}.audit_event (
    sequence      bigint not null,
    at            datetimeoffset(7) not null,
    subject       nvarchar(200) collate Latin1_General_100_BIN2 not null,
    kind          nvarchar(40) collate Latin1_General_100_BIN2 not null,
    tuple_no      bigint null, -- null where it is about none
    detail        nvarchar(max) collate Latin1_General_100_BIN2 not null, -- masked, canonical JSON
    previous_hash nvarchar(64) collate Latin1_General_100_BIN2 not null,
    hash          nvarchar(64) collate Latin1_General_100_BIN2 not null,
    constraint audit_event_key primary key clustered (sequence),
    constraint audit_event_tuple foreign key (tuple_no) references {schema}.tuple (tuple_no)
);

create index audit_event_by_tuple on {schema}.audit_event (tuple_no, sequence);
create index audit_event_by_kind on {schema}.audit_event (kind, sequence);
create index audit_event_by_subject on {schema}.audit_event (subject, sequence);
