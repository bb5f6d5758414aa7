-- Records that open purposes which need more than a role (45 CFR 164.508, 164.512, 164.514(e)). One row a version; a
-- version is never changed, except to end it. Patients are keyed references: no way leads back from one.
create table legal_bases (
  tenant           slug not null references tenants (id),
  id               slug not null,
  version          integer not null check (version > 0),
  kind             text not null check (kind in ('authorisation', 'waiver', 'data-use-agreement', 'public-health')),
  purposes         text[] not null check (cardinality(purposes) > 0),
  data_class       text not null check (data_class in ('synthetic', 'de-identified', 'limited-data-set', 'phi')),
  principals       text[] not null check (cardinality(principals) > 0),
  elements         text[] not null,
  document_sha256  text not null check (document_sha256 ~ '^[0-9a-f]{64}$'),
  patients         text[] not null,
  effective_from   timestamptz not null,
  expires_at       timestamptz check (expires_at > effective_from),
  expiry_event     text,
  created_at       timestamptz not null default now(),
  ended_at         timestamptz,
  end_reason       text check (end_reason in ('revoked', 'expiry-event')),
  primary key (tenant, id, version),
  check (expires_at is not null or expiry_event is not null),
  check ((ended_at is null) = (end_reason is null))
);

-- Policy sets on their way to activation. The set itself is in policy_sets, by its hash.
create table policy_drafts (
  tenant             slug not null,
  sha256             text not null,
  origin             text not null check (origin in ('uploaded', 'shipped')),
  drafted_by         slug not null,
  drafted_at         timestamptz not null,
  tested_at          timestamptz,
  cases_passed       integer check (cases_passed > 0),
  approved_by        slug,
  approved_at        timestamptz,
  is_single_control  boolean not null default false,
  primary key (tenant, sha256),
  foreign key (tenant, sha256) references policy_sets (tenant, sha256),
  check ((approved_by is null) = (approved_at is null)),
  -- Whoever drafted may not approve, unless there is nobody else yet.
  check (approved_by is null or approved_by <> drafted_by or is_single_control),
  check (approved_by is null or tested_at is not null)
);

-- What was found in a policy folder on disk: one row for each content seen under a version.
create table policy_folders (
  tenant    slug not null references tenants (id),
  folder    text not null check (folder in ('shipped', 'declared')),
  version   text not null check (version ~ '^[0-9A-Za-z.-]{1,40}$'),
  sha256    text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  state     text not null check (state in ('recorded', 'drifted')),
  seen_at   timestamptz not null,
  primary key (tenant, folder, version, sha256)
);

do $$
declare t text;
begin
  foreach t in array array['legal_bases', 'policy_drafts', 'policy_folders'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_tenant on %I to breakwater_app using (tenant = current_tenant())', t);
    execute format('create trigger keep_table before truncate on %I execute function refuse_change()', t);
  end loop;
end $$;

grant select, insert on legal_bases, policy_drafts, policy_folders to breakwater_app;
grant update (ended_at, end_reason) on legal_bases to breakwater_app;
grant update (tested_at, cases_passed, approved_by, approved_at, is_single_control) on policy_drafts to breakwater_app;
