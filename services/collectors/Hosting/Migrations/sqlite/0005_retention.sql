-- When the bytes of a content were let go, which nothing rested on any more; its row, deliveries and items stay.
alter table notification add column released_at text null;

alter table notification add column body_bytes integer not null generated always as (length(body)) virtual;

create index notification_whole on notification (notification_id) where state = 'normalised' and rejected = 0 and released_at is null;
-- Adding up reads this index alone, never the bodies.
create index notification_bytes on notification (body_bytes);
