-- Nonces that evidence of a machine answers: each good once, for a while, for whoever asked and what it was asked for, on
-- every replica. Only the hash is kept; a used one stays for a day, so that a replay is told from an invention.
create table attestation_challenges (
  tenant         slug not null,
  nonce_sha256   bytea not null check (length(nonce_sha256) = 32),
  principal      slug not null,
  object_class   text not null check (object_class ~ '^[a-z][a-z0-9-]{0,62}$'),
  -- What is expected of the machine, as the replica that asked understood it.
  rule_sha256    bytea not null check (length(rule_sha256) = 32),
  issued_at      timestamptz not null,
  expires_at     timestamptz not null check (expires_at > issued_at),
  used_at        timestamptz check (used_at >= issued_at),
  primary key (tenant, nonce_sha256),
  foreign key (tenant, principal) references principals (tenant, id)
);
create index attestation_challenges_of on attestation_challenges (tenant, principal, expires_at);

alter table attestation_challenges enable row level security;
alter table attestation_challenges force row level security;
create policy own_tenant on attestation_challenges to breakwater_app using (tenant = current_tenant());
grant select, insert, delete on attestation_challenges to breakwater_app;
grant update (used_at) on attestation_challenges to breakwater_app;
