-- Where a package stands in the lists of its repository and of each reason of its unresolved exceptions.
create table package_place (
    list        text    not null,           -- repository, hold-reason
    value       text    not null,           -- the repository's token, the reason
    prepared_at text    not null,
    package_no  integer not null references package (package_no),
    primary key (list, value, prepared_at, package_no)
) without rowid;

insert into package_place (list, value, prepared_at, package_no)
select 'hold-reason', r.reason, p.prepared_at, p.package_no
from package_reason r join package p on p.package_no = r.package_no;

insert into package_place (list, value, prepared_at, package_no)
select 'repository', t.repository_token, p.prepared_at, p.package_no
from package p join tuple t on t.tuple_no = p.tuple_no;

drop table package_reason;
