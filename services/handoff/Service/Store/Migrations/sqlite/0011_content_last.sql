-- Content stands last in its row: whoever reads the other columns then doesn't walk through the pages that it overflows into.
-- A column that is added later comes after it and has to be put before it in the same way.
alter table package add column body text not null default '';
update package set body = content;
alter table package drop column content;
alter table package rename column body to content;

alter table ledger add column body text not null default '';
update ledger set body = content;
alter table ledger drop column content;
alter table ledger rename column body to content;

alter table ledger_history add column body text not null default '';
update ledger_history set body = content;
alter table ledger_history drop column content;
alter table ledger_history rename column body to content;
