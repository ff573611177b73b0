-- Lists of packages go by when these were prepared.
create index package_by_age on {schema}.package (prepared_at, package_no);
create index package_by_tuple_and_age on {schema}.package (tuple_no, prepared_at, package_no);
create index package_by_state_and_age on {schema}.package (state, prepared_at, package_no);
create index package_by_train_and_age on {schema}.package (release_train, prepared_at, package_no);

drop index package_by_tuple on {schema}.package;
drop index package_by_state on {schema}.package;
drop index package_by_train on {schema}.package;
