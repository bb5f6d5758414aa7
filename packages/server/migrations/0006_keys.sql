-- Data keys, wrapped: what is here opens nothing without the key service (45 CFR 164.312(a)(2)(iv)).
create table data_keys (
  tenant          slug not null references tenants (id),
  id              text not null check (id ~ '^[A-Za-z0-9_-]{16,64}$'),
  environment     text not null,
  object_class    text not null check (object_class ~ '^[a-z][a-z0-9-]{0,62}$'),
  -- A keyed reference of a patient, where shredding must work per patient. Never a record number.
  subject         text check (subject ~ '^[A-Za-z0-9._:-]{1,128}$'),
  use             text not null check (use in ('data', 'wrap')),
  is_current      boolean not null,
  provider        text not null,
  kek_id          text not null,
  kek_version     text not null,
  -- Emptied when the key is shredded; the row stays as the evidence.
  ciphertext      bytea check (length(ciphertext) between 1 and 4096),
  commitment      bytea not null check (length(commitment) = 32),
  record_mac      bytea check (length(record_mac) = 32),
  messages        bigint not null default 0 check (messages >= 0),
  created_at      timestamptz not null default now(),
  wrapped_at      timestamptz not null default now(),
  shredded_at     timestamptz check ((shredded_at is null) = (ciphertext is not null)),
  primary key (tenant, id)
);
-- One current key of a scope, and none that was shredded.
create unique index data_keys_current on data_keys (tenant, object_class, coalesce(subject, ''), use) where is_current;
create index data_keys_by_wrap on data_keys (tenant, provider, kek_version) where ciphertext is not null;
create index data_keys_by_subject on data_keys (tenant, subject) where subject is not null;

-- When a data key was under which key-encryption key: with the dates at which those were destroyed it answers whether a
-- copy of the database could be opened at a given time (45 CFR 164.402, unsecured protected health information).
create table data_key_wraps (
  tenant       slug not null,
  data_key     text not null,
  sequence     integer not null check (sequence > 0),
  provider     text not null,
  kek_id       text not null,
  kek_version  text not null,
  wrapped_at   timestamptz not null,
  primary key (tenant, data_key, sequence),
  foreign key (tenant, data_key) references data_keys (tenant, id)
);

-- What the operator did in the key service to a key-encryption key: disabled or enabled it, destroyed it.
create table kek_events (
  tenant       slug not null references tenants (id),
  id           uuid not null default gen_random_uuid(),
  provider     text not null,
  kek_id       text not null,
  kek_version  text not null,
  event        text not null check (event in ('disabled', 'enabled', 'destroyed')),
  happened_at  timestamptz not null,
  recorded_by  slug not null,
  primary key (tenant, id)
);

-- The secrets behind tokens and patient references, one row a version: shared by all replicas, wrapped like data keys.
create table keyring_secrets (
  label        text not null check (label in ('data', 'tokens', 'subjects')),
  version      integer not null check (version > 0),
  id           text not null,
  environment  text not null,
  provider     text not null,
  kek_id       text not null,
  kek_version  text not null,
  ciphertext   bytea not null check (length(ciphertext) between 1 and 4096),
  commitment   bytea not null check (length(commitment) = 32),
  record_mac   bytea check (length(record_mac) = 32),
  created_at   timestamptz not null default now(),
  primary key (label, version)
);

do $$
declare t text;
begin
  foreach t in array array['data_keys', 'data_key_wraps', 'kek_events'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_tenant on %I to breakwater_app using (tenant = current_tenant())', t);
  end loop;
  foreach t in array array['data_key_wraps', 'kek_events'] loop
    execute format('create trigger keep_rows before update or delete on %I for each row execute function refuse_change()', t);
    execute format('create trigger keep_table before truncate on %I execute function refuse_change()', t);
  end loop;
end $$;

grant select, insert on data_keys, data_key_wraps, kek_events, keyring_secrets to breakwater_app;
grant update (is_current, provider, kek_id, kek_version, ciphertext, record_mac, messages, wrapped_at, shredded_at)
  on data_keys to breakwater_app;
grant update (provider, kek_id, kek_version, ciphertext, record_mac) on keyring_secrets to breakwater_app;
