create table {schema}.note (
    id bigint not null,
    body nvarchar(200) collate Latin1_General_100_BIN2 not null,
    written_at datetimeoffset(7) null,
    constraint note_key primary key clustered (id),
    constraint note_body unique (body)
);
