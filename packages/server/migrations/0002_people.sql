-- People: who may log in, by which identity provider or passkey, and the sessions that begin there. Secrets are kept as
-- hashes or not at all; names are those of the workforce, never of patients.
create table identity_providers (
  tenant                          slug not null references tenants (id),
  id                              slug not null,
  version                         integer not null check (version > 0),
  label                           text not null check (length(label) between 1 and 64),
  issuer                          text not null check (length(issuer) <= 512),
  client_id                       text not null check (length(client_id) <= 256),
  client_authentication           text not null check (client_authentication in ('private_key_jwt', 'client_secret_basic')),
  credential_file                 text not null check (credential_file ~ '^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$'),
  key_id                          text,
  scopes                          text[] not null,
  groups_claim                    text not null,
  groups                          jsonb not null check (jsonb_typeof(groups) = 'array'),
  mfa                             jsonb not null check (jsonb_typeof(mfa) = 'object'),
  phishing_resistant              jsonb not null check (jsonb_typeof(phishing_resistant) = 'object'),
  max_authentication_age_seconds  integer not null check (max_authentication_age_seconds between 0 and 43200),
  created_at                      timestamptz not null default now(),
  disabled_at                     timestamptz,
  primary key (tenant, id)
);
-- Subjects are unique inside an issuer: two rows for one would be two sets of rules for the same people.
create unique index identity_providers_by_issuer on identity_providers (tenant, issuer) where disabled_at is null;

-- What a principal of kind human is beside its roles. Who comes from an identity provider is (issuer, subject), for ever;
-- a local account has neither.
create table people (
  tenant             slug not null,
  principal          slug not null,
  name               text not null check (length(name) between 1 and 128),
  issuer             text check (length(issuer) <= 512),
  subject            text check (length(subject) between 1 and 255),
  identity_provider  slug,
  failed_attempts    integer not null default 0 check (failed_attempts >= 0),
  failing_since      timestamptz,
  locked_until       timestamptz,
  created_at         timestamptz not null default now(),
  primary key (tenant, principal),
  foreign key (tenant, principal) references principals (tenant, id),
  foreign key (tenant, identity_provider) references identity_providers (tenant, id),
  unique (tenant, issuer, subject),
  check ((issuer is null) = (subject is null) and (issuer is null) = (identity_provider is null))
);

-- A session is 256 random bits in a cookie or a bearer token, of which only the SHA-256 is kept. None begins with one
-- factor alone (45 CFR 164.312(d)).
create table sessions (
  tenant                 slug not null,
  sha256                 bytea not null check (length(sha256) = 32),
  id                     uuid not null,
  principal              slug not null,
  carrier                text not null check (carrier in ('cookie', 'bearer')),
  method                 text not null check (method in ('oidc', 'passkey', 'totp', 'device')),
  is_mfa                 boolean not null check (is_mfa),
  is_phishing_resistant  boolean not null,
  started_at             timestamptz not null,
  authenticated_at       timestamptz not null check (authenticated_at <= started_at),
  last_seen_at           timestamptz not null,
  ends_at                timestamptz not null check (ends_at > started_at),
  address                text not null check (length(address) <= 64),
  user_agent             text not null check (length(user_agent) <= 200),
  flagged_at             timestamptz,
  ended_at               timestamptz,
  end_reason             text check (end_reason in ('signed-out', 'replaced', 'revoked', 'concurrent-use', 'too-many', 'idle',
                           'absolute', 'disabled', 'credentials-changed')),
  primary key (tenant, sha256),
  unique (tenant, id),
  foreign key (tenant, principal) references people (tenant, principal),
  check ((ended_at is null) = (end_reason is null))
);
create index sessions_at_work on sessions (tenant, principal) where ended_at is null;

create table session_policies (
  tenant             slug not null references tenants (id),
  version            integer not null check (version > 0),
  idle_seconds       integer not null check (idle_seconds between 60 and 28800),
  absolute_seconds   integer not null check (absolute_seconds between 300 and 86400),
  on_concurrent_use  text not null check (on_concurrent_use in ('flag', 'end')),
  max_sessions       integer not null check (max_sessions between 1 and 20),
  exception          slug,
  changed_at         timestamptz not null default now(),
  primary key (tenant),
  -- More than 15 minutes only under an exception of the risk register.
  check (idle_seconds <= 900 or exception is not null)
);

-- Challenges and log-in attempts are signed, not stored; what is stored is that one was used, until it would have ended.
create table used_challenges (
  tenant      slug not null references tenants (id),
  sha256      bytea not null check (length(sha256) = 32),
  expires_at  timestamptz not null,
  primary key (tenant, sha256)
);

create table passkeys (
  tenant        slug not null,
  id            text not null check (length(id) <= 1400 and id ~ '^[A-Za-z0-9_-]+$'),
  principal     slug not null,
  public_key    bytea not null check (length(public_key) <= 2048),
  counter       bigint not null check (counter >= 0),
  transports    text[] not null,
  is_backed_up  boolean not null,
  label         text not null check (length(label) between 1 and 64),
  created_at    timestamptz not null,
  last_used_at  timestamptz,
  revoked_at    timestamptz,
  primary key (tenant, id),
  foreign key (tenant, principal) references people (tenant, principal)
);
create index passkeys_of on passkeys (tenant, principal) where revoked_at is null;

-- One-use links. `principal` is whom a re-invitation is for; of the others the account is made when the link is used.
create table invitations (
  tenant      slug not null references tenants (id),
  sha256      bytea not null check (length(sha256) = 32),
  kind        text not null check (kind in ('bootstrap', 'invite', 'reinvite')),
  name        text not null check (length(name) between 1 and 128),
  roles       text[] not null,
  principal   slug,
  issued_by   slug not null,
  created_at  timestamptz not null,
  expires_at  timestamptz not null check (expires_at <= created_at + interval '15 minutes'),
  used_at     timestamptz,
  primary key (tenant, sha256),
  foreign key (tenant, principal) references people (tenant, principal),
  check ((kind = 'reinvite') = (principal is not null))
);

do $$
declare t text;
begin
  foreach t in array array['identity_providers', 'people', 'sessions', 'session_policies', 'used_challenges', 'passkeys',
    'invitations']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_tenant on %I to breakwater_app using (tenant = current_tenant())', t);
    execute format('grant select, insert on %I to breakwater_app', t);
  end loop;
end $$;

grant update (version, label, issuer, client_id, client_authentication, credential_file, key_id, scopes, groups_claim, groups,
  mfa, phishing_resistant, max_authentication_age_seconds, disabled_at) on identity_providers to breakwater_app;
grant update (name, identity_provider, failed_attempts, failing_since, locked_until) on people to breakwater_app;
grant update (last_seen_at, address, user_agent, flagged_at, ended_at, end_reason) on sessions to breakwater_app;
grant update (version, idle_seconds, absolute_seconds, on_concurrent_use, max_sessions, exception, changed_at)
  on session_policies to breakwater_app;
grant update (counter, is_backed_up, last_used_at, revoked_at) on passkeys to breakwater_app;
grant update (used_at) on invitations to breakwater_app;
grant delete on used_challenges to breakwater_app;
