-- Rejected items that nobody waits for any more. They stay rejected, and are counted so.
create table {schema}.dropped_item (
    notification_id bigint not null,
    item_index      int not null,
    reason          nvarchar(max) not null,
    dropped_at      datetimeoffset(7) not null,
    constraint dropped_item_key primary key clustered (notification_id, item_index),
    constraint dropped_item_content foreign key (notification_id) references {schema}.notification (notification_id)
);
