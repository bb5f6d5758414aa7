-- The mapped groups that gave a person's roles at the last log-in; null: the last log-in was before this was kept. When a
-- recertification takes a mapping away, whoever came by it logs in again.
alter table people add column groups text[];
grant update (groups) on people to breakwater_app;
