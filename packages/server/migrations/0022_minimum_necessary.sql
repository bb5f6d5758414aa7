-- Which fields, from when on and how many records a role may let leave for a purpose: 45 CFR 164.502(b), 164.514(d). Each
-- version is a row and stays; the one activated last is in force until it ends. None is in force before somebody says so.
create table minimum_policies (
  tenant        slug not null references tenants (id),
  id            slug not null,
  version       integer not null check (version > 0),
  roles         text[] not null check (cardinality(roles) between 1 and 20),
  purposes      text[] not null check (cardinality(purposes) between 1 and 20),
  -- Null: at any.
  endpoints     text[] check (cardinality(endpoints) between 1 and 20),
  -- Null: for all.
  models        text[] check (cardinality(models) between 1 and 50),
  rules         jsonb not null check (jsonb_typeof(rules) = 'object' and octet_length(rules::text) <= 65536),
  put_by        slug not null,
  put_at        timestamptz not null,
  activated_by  slug,
  activated_at  timestamptz,
  ended_by      slug,
  ended_at      timestamptz,
  primary key (tenant, id, version),
  check ((activated_by is null) = (activated_at is null) and (ended_by is null) = (ended_at is null)),
  check (ended_at is null or activated_at is not null)
);
-- One version of a policy is in force at a time.
create unique index minimum_policies_in_force on minimum_policies (tenant, id)
  where activated_at is not null and ended_at is null;
alter table minimum_policies enable row level security;
alter table minimum_policies force row level security;
create policy own_tenant on minimum_policies to breakwater_app using (tenant = current_tenant());
grant select, insert, update (activated_by, activated_at, ended_by, ended_at) on minimum_policies to breakwater_app;
