-- What an item says, so that another reading can be compared with it; null for items that are not evidence.
alter table item add column content_sha256 text null;

-- Rejected items that nobody waits for any more. They stay rejected, and are counted so.
create table dropped_item (
    notification_id integer not null references notification (notification_id),
    item_index      integer not null,
    reason          text    not null,
    dropped_at      text    not null,
    primary key (notification_id, item_index)
) without rowid;
