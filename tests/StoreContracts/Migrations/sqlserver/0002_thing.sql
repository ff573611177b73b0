create table {schema}.thing (
    id     uniqueidentifier not null,
    name   nvarchar(100) collate Latin1_General_100_BIN2 not null,
    note   nvarchar(max) null,
    number bigint not null,
    small  int null,
    flag   bit not null,
    at     datetimeoffset(7) not null,
    body   varbinary(max) null,
    constraint thing_key primary key clustered (id),
    constraint thing_name unique (name)
);

create type {schema}.thing_row as table (
    id     uniqueidentifier not null,
    name   nvarchar(100) collate Latin1_General_100_BIN2 not null,
    note   nvarchar(max) null,
    number bigint not null,
    small  int null,
    flag   bit not null,
    at     datetimeoffset(7) not null,
    body   varbinary(max) null
);
