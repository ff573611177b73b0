-- Requests to have the reconciler send everything again.
create table rebuild_request (
    request_id   text not null primary key,
    subject      text not null,
    requested_at text not null
) without rowid;
