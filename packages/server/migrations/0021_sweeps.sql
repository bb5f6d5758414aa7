-- How often one principal asked nearly the same, or the same again and again, and how much it asks at all: on all replicas
-- together, by the hour. What was asked is a keyed hash of a part of its fingerprint, and only what came often is here.
create table sweep_counts (
  tenant     slug not null references tenants (id),
  principal  slug not null,
  kind       text not null check (kind in ('near', 'sampling', 'volume')),
  since      timestamptz not null,
  -- Of all that a principal asks: empty.
  key_mac    bytea not null check (length(key_mac) in (0, 16)),
  count      bigint not null check (count > 0),
  primary key (tenant, principal, kind, since, key_mac),
  check ((kind = 'volume') = (length(key_mac) = 0))
);
create index sweep_counts_by_age on sweep_counts (tenant, since);
alter table sweep_counts enable row level security;
alter table sweep_counts force row level security;
create policy own_tenant on sweep_counts to breakwater_app using (tenant = current_tenant());
grant select, insert, delete, update (count) on sweep_counts to breakwater_app;
