-- Lists of packages go by when these were prepared.
create index package_by_age on package (prepared_at, package_no);
create index package_by_tuple_and_age on package (tuple_no, prepared_at, package_no);
create index package_by_state_and_age on package (state, prepared_at, package_no);
create index package_by_train_and_age on package (release_train, prepared_at, package_no);

drop index package_by_tuple;
drop index package_by_state;
drop index package_by_train;
