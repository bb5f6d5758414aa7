-- Device flow (RFC 8628): a program that has no browser waits under a code, and a person with a session answers for it. The
-- device code is 256 random bits and kept as its SHA-256; the short user code as a MAC under the keyring, since a plain hash
-- of 34 bits could be turned back. Whatever is decided about a code is decided by one statement, so replicas need not agree.
create table device_codes (
  tenant              slug not null references tenants (id),
  id                  uuid not null,
  sha256              bytea not null check (length(sha256) = 32),
  user_code_mac       bytea not null check (length(user_code_mac) = 32),
  client              text not null check (client = 'breakwater-cli'),
  scopes              text[] check (cardinality(scopes) between 1 and 50),
  address             text not null check (length(address) <= 64),
  user_agent          text not null check (length(user_agent) <= 200),
  created_at          timestamptz not null,
  expires_at          timestamptz not null check (expires_at > created_at and expires_at <= created_at + interval '10 minutes'),
  interval_seconds    integer not null check (interval_seconds between 5 and 600),
  polled_at           timestamptz,
  answer              text check (answer in ('approved', 'denied')),
  answered_by         slug,
  answered_at         timestamptz,
  -- Whose log-in stands behind the approval.
  by_session          uuid,
  used_at             timestamptz,
  primary key (tenant, id),
  unique (tenant, sha256),
  unique (tenant, user_code_mac),
  foreign key (tenant, answered_by) references people (tenant, principal),
  foreign key (tenant, by_session) references sessions (tenant, id),
  check ((answer is null) = (answered_by is null) and (answer is null) = (answered_at is null)),
  check ((by_session is not null) = coalesce(answer = 'approved', false)),
  check (used_at is null or answer = 'approved')
);
create index device_codes_by_end on device_codes (tenant, expires_at);

-- Who typed codes that nobody waits under.
create table device_code_guesses (
  tenant        slug not null,
  principal     slug not null,
  attempts      integer not null check (attempts > 0),
  since         timestamptz not null,
  primary key (tenant, principal),
  foreign key (tenant, principal) references people (tenant, principal)
);

do $$
declare t text;
begin
  foreach t in array array['device_codes', 'device_code_guesses']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_tenant on %I to breakwater_app using (tenant = current_tenant())', t);
    execute format('grant select, insert, delete on %I to breakwater_app', t);
  end loop;
end $$;

grant update (interval_seconds, polled_at, answer, answered_by, answered_at, by_session, used_at) on device_codes to breakwater_app;
grant update (attempts, since) on device_code_guesses to breakwater_app;

-- A session may be for less than its person may.
alter table sessions add column scopes text[] check (cardinality(scopes) between 1 and 50);
