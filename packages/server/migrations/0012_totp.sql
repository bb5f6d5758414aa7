-- The lesser factor of local accounts: codes of an app (RFC 6238) with a password that this server made. The secret is
-- sealed under a data key; of the password, 125 random bits, only a hash is kept.
create table totp_factors (
  tenant           slug not null,
  id               uuid not null,
  principal        slug not null,
  password_sha256  bytea not null check (length(password_sha256) = 32),
  sealed_secret    bytea not null check (length(sealed_secret) between 46 and 200),
  -- The last step of 30 seconds whose code was taken: none is taken twice (RFC 6238 section 5.2).
  last_step        bigint not null check (last_step >= 0),
  created_at       timestamptz not null,
  last_used_at     timestamptz,
  revoked_at       timestamptz,
  primary key (tenant, id),
  unique (tenant, password_sha256),
  foreign key (tenant, principal) references people (tenant, principal)
);
create unique index totp_factors_of on totp_factors (tenant, principal) where revoked_at is null;

alter table totp_factors enable row level security;
alter table totp_factors force row level security;
create policy own_tenant on totp_factors to breakwater_app using (tenant = current_tenant());
grant select, insert on totp_factors to breakwater_app;
grant update (last_step, last_used_at, revoked_at) on totp_factors to breakwater_app;

-- Whom an alert is about, when its object does not say.
alter table alerts add column principal slug;
