-- Where a package stands in the lists of its repository and of each reason of its unresolved exceptions.
create table {schema}.package_place (
    list        nvarchar(20) collate Latin1_General_100_BIN2 not null, -- repository, hold-reason
    value       nvarchar(100) collate Latin1_General_100_BIN2 not null, -- the repository's token, the reason
    prepared_at datetimeoffset(7) not null,
    package_no  bigint not null,
    constraint package_place_key primary key clustered (list, value, prepared_at, package_no),
    constraint package_place_package foreign key (package_no) references {schema}.package (package_no)
);

insert into {schema}.package_place (list, value, prepared_at, package_no)
select 'hold-reason', r.reason, p.prepared_at, p.package_no
from {schema}.package_reason r join {schema}.package p on p.package_no = r.package_no;

insert into {schema}.package_place (list, value, prepared_at, package_no)
select 'repository', t.repository_token, p.prepared_at, p.package_no
from {schema}.package p join {schema}.tuple t on t.tuple_no = p.tuple_no;

drop table {schema}.package_reason;
