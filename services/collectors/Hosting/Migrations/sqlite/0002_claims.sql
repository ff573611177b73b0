-- Until when a process is normalising a content, where several processes share the file.
alter table notification add column claimed_until text null;

create index delivery_notification on delivery (notification_id, delivery_id);
