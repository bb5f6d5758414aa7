-- SCIM 2.0 (RFC 7643, RFC 7644): an identity provider says who works here, who no longer does, and who is in which group. Its
-- bearer is kept as a hash. What names a person is sealed under the keyring and found by a MAC; nothing else of a person is
-- kept. Groups are the organisation's words, not a person's.
create table scim_tokens (
  tenant             slug not null,
  id                 uuid not null,
  sha256             bytea not null check (length(sha256) = 32),
  identity_provider  slug not null,
  -- Which attribute says what the provider's ID tokens say as `sub`.
  subject_attribute  text not null check (subject_attribute in ('externalId', 'userName')),
  ranges             text[] not null check (cardinality(ranges) between 1 and 50),
  issued_by          slug not null,
  created_at         timestamptz not null,
  expires_at         timestamptz not null check (expires_at > created_at and expires_at <= created_at + interval '366 days'),
  revoked_at         timestamptz,
  primary key (tenant, id),
  unique (tenant, sha256),
  foreign key (tenant, identity_provider) references identity_providers (tenant, id)
);

create table scim_users (
  tenant              slug not null,
  id                  uuid not null,
  identity_provider   slug not null,
  principal           slug not null,
  sealed_user_name    bytea not null check (length(sealed_user_name) between 28 and 2048),
  user_name_mac       bytea not null check (length(user_name_mac) = 32),
  sealed_external_id  bytea check (length(sealed_external_id) between 28 and 2048),
  external_id_mac     bytea check (length(external_id_mac) = 32),
  key_version         integer not null check (key_version > 0),
  is_active           boolean not null,
  -- When it disabled the principal: what an administrator disabled, at another time, it does not enable again.
  disabled_at         timestamptz,
  version             integer not null check (version > 0),
  created_at          timestamptz not null,
  changed_at          timestamptz not null,
  deleted_at          timestamptz,
  primary key (tenant, id),
  unique (tenant, identity_provider, id),
  foreign key (tenant, principal) references people (tenant, principal),
  foreign key (tenant, identity_provider) references identity_providers (tenant, id),
  check ((sealed_external_id is null) = (external_id_mac is null)),
  check (deleted_at is null or not is_active)
);
create unique index scim_users_by_user_name on scim_users (tenant, identity_provider, user_name_mac) where deleted_at is null;
create unique index scim_users_by_person on scim_users (tenant, principal) where deleted_at is null;

create table scim_groups (
  tenant             slug not null,
  id                 uuid not null,
  identity_provider  slug not null,
  display_name       text not null check (length(display_name) between 1 and 256),
  external_id        text check (length(external_id) between 1 and 256),
  version            integer not null check (version > 0),
  created_at         timestamptz not null,
  changed_at         timestamptz not null,
  primary key (tenant, id),
  unique (tenant, identity_provider, id),
  unique (tenant, identity_provider, display_name),
  foreign key (tenant, identity_provider) references identity_providers (tenant, id)
);

create table scim_members (
  tenant             slug not null,
  identity_provider  slug not null,
  in_group           uuid not null,
  member             uuid not null,
  primary key (tenant, in_group, member),
  foreign key (tenant, identity_provider, in_group) references scim_groups (tenant, identity_provider, id) on delete cascade,
  foreign key (tenant, identity_provider, member) references scim_users (tenant, identity_provider, id)
);
create index scim_members_of on scim_members (tenant, member);

do $$
declare t text;
begin
  foreach t in array array['scim_tokens', 'scim_users', 'scim_groups', 'scim_members']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_tenant on %I to breakwater_app using (tenant = current_tenant())', t);
    execute format('grant select, insert on %I to breakwater_app', t);
  end loop;
end $$;

grant update (revoked_at) on scim_tokens to breakwater_app;
grant update (sealed_user_name, user_name_mac, sealed_external_id, external_id_mac, key_version, is_active, disabled_at, version,
  changed_at, deleted_at) on scim_users to breakwater_app;
grant update (display_name, external_id, version, changed_at), delete on scim_groups to breakwater_app;
grant delete on scim_members to breakwater_app;
