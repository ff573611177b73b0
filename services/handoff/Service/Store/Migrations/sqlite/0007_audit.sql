-- What was disclosed, decided and denied. Every event carries the hash of the one before, so that a change shows.
create table audit_event (
    sequence      integer not null primary key,
    at            text    not null,
    subject       text    not null,
    kind          text    not null,
    tuple_no      integer references tuple (tuple_no), -- null where it is about none
    detail        text    not null,                    -- masked, canonical JSON
    previous_hash text    not null,
    hash          text    not null
);

create index audit_event_by_tuple on audit_event (tuple_no, sequence);
create index audit_event_by_kind on audit_event (kind, sequence);
create index audit_event_by_subject on audit_event (subject, sequence);
