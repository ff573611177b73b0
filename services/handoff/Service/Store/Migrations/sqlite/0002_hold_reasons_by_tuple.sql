-- A ledger that changes takes the reasons of its tuple's holds away first.
create index hold_reason_by_tuple on hold_reason (tuple_no);
