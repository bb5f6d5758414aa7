-- Services: clients with several public keys at once, the keys that sign access tokens, what may be shown once, issuers that
-- vouch for people behind services, signed batches; and API keys become the exception that ends.

create table service_clients (
  tenant            slug not null,
  id                slug not null,
  scopes            text[] not null check (cardinality(scopes) between 1 and 50),
  certificates      text[] not null check (cardinality(certificates) <= 10),
  certificate_uris  text[] not null check (cardinality(certificate_uris) <= 10),
  created_at        timestamptz not null,
  disabled_at       timestamptz,
  primary key (tenant, id),
  foreign key (tenant, id) references principals (tenant, id)
);

-- A key is never changed, only ended earlier; one year is the longest.
create table service_client_keys (
  tenant      slug not null,
  client      slug not null,
  kid         text not null check (kid ~ '^[A-Za-z0-9_-]{43}$'),
  algorithm   text not null check (algorithm in ('ES256', 'ES384', 'RS384', 'PS256', 'EdDSA')),
  jwk         text not null check (length(jwk) <= 4096 and jwk !~ '"(d|p|q|dp|dq|qi|oth|k)"'),
  created_at  timestamptz not null,
  expires_at  timestamptz not null check (expires_at <= created_at + interval '366 days'),
  primary key (tenant, client, kid),
  -- One key speaks for one client.
  unique (tenant, kid),
  foreign key (tenant, client) references service_clients (tenant, id)
);

-- The private half is sealed under the keyring's data key: this table alone signs nothing.
create table access_token_keys (
  tenant       slug not null references tenants (id),
  kid          text not null check (kid ~ '^[A-Za-z0-9_-]{43}$'),
  public_jwk   text not null check (length(public_jwk) <= 4096 and public_jwk !~ '"d"'),
  sealed_jwk   bytea not null check (length(sealed_jwk) between 64 and 4096),
  key_version  integer not null check (key_version > 0),
  created_at   timestamptz not null,
  signs_from   timestamptz not null check (signs_from >= created_at),
  primary key (tenant, kid)
);

-- What counts once: ids of assertions and proofs, nonces of signatures. Only hashes, and only until they are stale anyway.
create table seen_once (
  tenant    slug not null references tenants (id),
  kind      text not null check (kind in ('assertion', 'proof', 'signature')),
  sha256    bytea not null check (length(sha256) = 32),
  until     timestamptz not null,
  primary key (tenant, kind, sha256)
);
create index seen_once_by_end on seen_once (tenant, until);

-- One round trip, one statement, for the path that every request takes. A proof that a power cut forgets was for one method,
-- one address, one token and one minute; what must not be forgotten is inserted by its own transaction.
create function see_once(of_tenant text, of_kind text, of_sha256 bytea, until_at timestamptz) returns boolean
language plpgsql as $$
begin
  perform set_config('app.tenant', of_tenant, true);
  if of_kind = 'proof' then perform set_config('synchronous_commit', 'off', true); end if;
  insert into seen_once (tenant, kind, sha256, until) values (of_tenant, of_kind, of_sha256, until_at)
    on conflict do nothing;
  return found;
end $$;

create table actor_issuers (
  tenant       slug not null references tenants (id),
  id           slug not null,
  issuer       text not null check (issuer ~ '^https://' and length(issuer) <= 512),
  audience     text not null check (length(audience) between 1 and 256),
  keys         text not null check (length(keys) <= 65536),
  created_at   timestamptz not null,
  disabled_at  timestamptz,
  primary key (tenant, id)
);
create unique index one_issuer_in_force on actor_issuers (tenant, issuer) where disabled_at is null;

-- A manifest that its service signed, as it arrived: no text of a document.
create table batches (
  tenant           slug not null,
  id               uuid not null,
  client           slug not null,
  manifest         text not null check (length(manifest) <= 131072),
  manifest_sha256  text not null check (manifest_sha256 ~ '^[0-9a-f]{64}$'),
  documents        integer not null check (documents between 1 and 500),
  signature        text not null check (length(signature) <= 2048),
  signature_input  text not null check (length(signature_input) <= 2048),
  kid              text not null,
  received_at      timestamptz not null,
  primary key (tenant, id),
  foreign key (tenant, client, kid) references service_client_keys (tenant, client, kid)
);
create trigger keep_rows before update or delete on batches for each row execute function refuse_change();
create trigger keep_table before truncate on batches execute function refuse_change();

-- API keys: from listed addresses only, for at most 90 days, each with a reason. Those of before are bound to this machine and
-- end with their 90th day.
alter table principal_tokens
  add column ranges text[] not null default '{127.0.0.0/8,::1/128}',
  add column scopes text[],
  add column reason text not null default 'development';
alter table principal_tokens alter column ranges drop default, alter column reason drop default;
-- The owner too is bound while row-level security is forced.
alter table principal_tokens no force row level security;
update principal_tokens set expires_at = created_at + interval '90 days' where expires_at > created_at + interval '90 days';
alter table principal_tokens force row level security;
alter table principal_tokens
  add check (cardinality(ranges) between 1 and 50),
  add check (scopes is null or cardinality(scopes) between 1 and 50),
  add check (reason in ('bootstrap', 'client-without-oauth', 'development', 'migration', 'vendor')),
  add check (expires_at <= created_at + interval '90 days');

do $$
declare t text;
begin
  foreach t in array array['service_clients', 'service_client_keys', 'access_token_keys', 'seen_once', 'actor_issuers',
    'batches']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_tenant on %I to breakwater_app using (tenant = current_tenant())', t);
    execute format('grant select, insert on %I to breakwater_app', t);
  end loop;
end $$;
grant update (scopes, certificates, certificate_uris, disabled_at) on service_clients to breakwater_app;
grant update (expires_at) on service_client_keys to breakwater_app;
grant update (issuer, audience, keys, disabled_at) on actor_issuers to breakwater_app;
grant delete on access_token_keys, seen_once to breakwater_app;
