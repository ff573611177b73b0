-- Until when the reconcilers that run under the stamp's policy have the store for themselves, where several share it.
alter table derivation add column held_until text null;
