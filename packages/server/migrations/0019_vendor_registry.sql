-- What vendors' terms say of each feature, one row a version; a version is never changed, except to confirm it once.
create table vendor_facts (
  tenant          slug not null references tenants (id),
  id              slug not null,
  version         integer not null check (version > 0),
  vendor          slug not null,
  service         slug not null,
  endpoint        text not null check (endpoint ~ '^(\*|[a-z][a-z0-9.-]{0,63})$'),
  feature         text not null check (feature ~ '^[a-z][a-z0-9.-]{0,63}$'),
  model           text not null check (model ~ '^[\x21-\x7e]{1,200}$'),
  region          text not null check (region ~ '^(\*|[a-z0-9][a-z0-9-]{0,62})$'),
  coverage        text not null check (coverage in ('yes', 'no', 'if')),
  conditions      text[] not null check (cardinality(conditions) <= 20),
  retention_days  integer check (retention_days between 0 and 36600),
  -- Approvals under which nothing of a call is kept, nor read by people.
  lifted_by       text[] not null check (cardinality(lifted_by) <= 10),
  human_review    boolean,
  training        boolean,
  subprocessors   text[] not null check (cardinality(subprocessors) <= 50),
  agreement_term  text check (length(agreement_term) between 1 and 200),
  source_url      text not null check (source_url ~ '^https://[\x21-\x7e]+$' and length(source_url) <= 500),
  checked_on      date not null,
  put_by          slug not null,
  put_at          timestamptz not null,
  confirmed_by    slug,
  confirmed_at    timestamptz,
  primary key (tenant, id, version),
  check ((confirmed_by is null) = (confirmed_at is null)),
  check ((coverage = 'if') = (cardinality(conditions) > 0))
);
alter table vendor_facts enable row level security;
alter table vendor_facts force row level security;
create policy own_tenant on vendor_facts to breakwater_app using (tenant = current_tenant());
grant select, insert, update (confirmed_by, confirmed_at) on vendor_facts to breakwater_app;

-- Which labels everything bears that a principal sends. A caller adds to them and never takes away.
alter table principals
  add column labels text[] not null default '{}' check (cardinality(labels) <= 20);

-- What an alert is about, when that is named by people and not by a number.
alter table alerts add column subject slug;
