-- Tenant first: every row that belongs to somebody names its tenant, row-level security is forced, and the role that
-- the server works under (breakwater_app) is neither owner nor migrator. Roles are shared by a cluster's databases.
do $$
declare r text;
begin
  foreach r in array array['breakwater_app', 'breakwater_sequencer'] loop
    if not exists (select from pg_roles where rolname = r) then execute format('create role %I nologin', r); end if;
    execute format('grant %I to current_user', r);
  end loop;
end $$;

-- After `set local` and commit the setting is '' and not null: '' must never match a row.
create function current_tenant() returns text language sql stable
  return nullif(current_setting('app.tenant', true), '');

create domain slug as text check (value ~ '^[a-z0-9][a-z0-9-]{0,62}$');

create table tenants (
  id          slug primary key,
  created_at  timestamptz not null default now()
);

create table principals (
  tenant           slug not null references tenants (id),
  id               slug not null,
  kind             text not null check (kind in ('service', 'human')),
  roles            text[] not null,
  purposes         text[] not null,
  default_purpose  text check (default_purpose is null or default_purpose = any (purposes)),
  may_restore      boolean not null,
  created_at       timestamptz not null default now(),
  disabled_at      timestamptz,
  primary key (tenant, id)
);

-- Only the SHA-256 of a token is kept: a token is 256 random bits, so its hash cannot be turned back.
create table principal_tokens (
  tenant      slug not null,
  sha256      bytea not null check (length(sha256) = 32),
  principal   slug not null,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz not null,
  revoked_at  timestamptz,
  primary key (tenant, sha256),
  foreign key (tenant, principal) references principals (tenant, id)
);

create table providers (
  tenant             slug not null references tenants (id),
  id                 slug not null,
  version            integer not null check (version > 0),
  kind               text not null check (kind in ('demo', 'openai-compatible')),
  base_url           text,
  is_internal        boolean not null,
  allowed_addresses  inet[] not null,
  api_key_file       text,
  models             text[] not null,
  created_at         timestamptz not null default now(),
  disabled_at        timestamptz,
  primary key (tenant, id)
);

-- One row a version; a version is never changed, except to end it early.
create table agreements (
  tenant          slug not null,
  id              slug not null,
  version         integer not null check (version > 0),
  kind            text not null check (kind in ('business-associate', 'internal')),
  provider        slug not null,
  endpoints       text[] not null,
  models          text[] not null,
  purposes        text[] not null,
  effective_from  timestamptz not null,
  effective_to    timestamptz not null check (effective_to > effective_from),
  created_at      timestamptz not null default now(),
  terminated_at   timestamptz,
  primary key (tenant, id, version),
  foreign key (tenant, provider) references providers (tenant, id)
);

create table policy_sets (
  tenant      slug not null references tenants (id),
  sha256      text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  document    text not null,
  created_at  timestamptz not null default now(),
  primary key (tenant, sha256)
);

create table policy_activations (
  tenant        slug not null,
  sequence      integer not null check (sequence > 0),
  sha256        text not null,
  activated_by  slug not null,
  activated_at  timestamptz not null default now(),
  primary key (tenant, sequence),
  foreign key (tenant, sha256) references policy_sets (tenant, sha256)
);

-- The log. Anyone who may append does so by ledger_append; one sequencer integrates, signs and publishes.
create table ledger_entries (
  idx          bigint primary key check (idx >= 0),
  tenant       slug not null,
  kind         text not null,
  crossing     uuid,
  recorded_at  timestamptz not null default clock_timestamp(),
  entry        bytea not null check (length(entry) between 2 and 4095)
);
create index ledger_entries_by_tenant on ledger_entries (tenant, idx);
create index ledger_entries_by_crossing on ledger_entries (crossing, kind) where crossing is not null;

create table ledger_counter (
  singleton  boolean primary key default true check (singleton),
  next_index  bigint not null check (next_index >= 0)
);

create table ledger_epoch (
  singleton  boolean primary key default true check (singleton),
  epoch  bigint not null check (epoch > 0)
);

-- The one root of a size, committed before it is signed. The signed note is kept outside the database.
create table ledger_checkpoints (
  size        bigint primary key check (size >= 0),
  root        bytea not null check (length(root) = 32),
  epoch       bigint not null,
  decided_at  timestamptz not null default clock_timestamp()
);

-- Takes indices from a locked counter, not from a sequence: a rolled-back append must leave no gap. Anyone may turn
-- synchronous_commit off for a session, so it is set here; not by `alter function .. set`, which ends with the call,
-- before the commit.
create function ledger_append(tenants text[], kinds text[], crossings uuid[], entries bytea[]) returns bigint
language plpgsql as $$
declare first_index bigint; n integer := cardinality(entries);
begin
  if n is null or n = 0 or cardinality(tenants) <> n or cardinality(kinds) <> n or cardinality(crossings) <> n then
    raise exception 'ledger_append: arrays of one length, not empty';
  end if;
  perform set_config('synchronous_commit', 'on', true);
  insert into ledger_counter as c (next_index) values (n)
    on conflict (singleton) do update set next_index = c.next_index + n
    returning c.next_index - n into first_index;
  insert into ledger_entries (idx, tenant, kind, crossing, entry)
    select first_index + u.ord - 1, u.tenant, u.kind, u.crossing, u.entry
    from unnest(tenants, kinds, crossings, entries) with ordinality as u (tenant, kind, crossing, entry, ord);
  return first_index;
end $$;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed or removed', tg_table_name;
end $$;

create function refuse_rollback() returns trigger language plpgsql as $$
begin
  raise exception '% only grows', tg_table_name;
end $$;

do $$
declare t text;
begin
  foreach t in array array['ledger_entries', 'ledger_checkpoints', 'policy_sets', 'policy_activations'] loop
    execute format('create trigger keep_rows before update or delete on %I for each row execute function refuse_change()', t);
    execute format('create trigger keep_table before truncate on %I execute function refuse_change()', t);
  end loop;
end $$;

create trigger only_grows before update on ledger_counter for each row
  when (new.next_index <= old.next_index) execute function refuse_rollback();
create trigger only_grows before update on ledger_epoch for each row
  when (new.epoch <= old.epoch) execute function refuse_rollback();

-- Row-level security: forced, so that it holds for the owner too.
do $$
declare t text; key text;
begin
  foreach t in array array['tenants', 'principals', 'principal_tokens', 'providers', 'agreements', 'policy_sets',
    'policy_activations', 'ledger_entries']
  loop
    key := case t when 'tenants' then 'id' else 'tenant' end;
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    if t <> 'ledger_entries' then
      execute format('create policy own_tenant on %I to breakwater_app using (%I = current_tenant())', t, key);
    end if;
  end loop;
end $$;

-- A batch of appends holds entries of several tenants; reading stays with one's own.
create policy append on ledger_entries for insert to breakwater_app with check (true);
create policy read_own on ledger_entries for select to breakwater_app using (tenant = current_tenant());
create policy integrate on ledger_entries for select to breakwater_sequencer using (true);

grant usage on schema public to breakwater_app, breakwater_sequencer;
grant select, insert on tenants, principals, principal_tokens, providers, agreements, policy_sets, policy_activations,
  ledger_entries to breakwater_app;
grant update on principals, providers to breakwater_app;
grant update (revoked_at) on principal_tokens to breakwater_app;
grant update (terminated_at) on agreements to breakwater_app;
grant select, insert, update on ledger_counter to breakwater_app;
grant select on ledger_entries, ledger_counter to breakwater_sequencer;
grant select, insert, update on ledger_epoch to breakwater_sequencer;
grant select, insert on ledger_checkpoints to breakwater_sequencer;
grant select on ledger_checkpoints to breakwater_app;
