create table thing (
    id     text    not null primary key,
    name   text    not null unique,
    note   text    null,
    number integer not null,
    small  integer null,
    flag   integer not null,
    at     text    not null,
    body   blob    null
) without rowid;
