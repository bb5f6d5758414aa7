-- Whose service a provider is, which of its services, and where it is served: what a vendor's terms go by.
alter table providers
  add column vendor slug,
  add column service slug,
  add column region text check (region ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  add check (service is null or vendor is not null);

-- An agreement covers features of a service in places, not a vendor (45 CFR 164.504(e)). What versions of before did not say
-- stays as it was: no limit of retention, any place, and of the features only those that leave nothing behind.
alter table agreements
  drop constraint agreements_kind_check,
  add constraint agreements_kind_check check (kind in ('business-associate', 'internal', 'subcontractor')),
  add column service slug,
  add column hosts text[] not null default '{}' check (cardinality(hosts) <= 20),
  add column features text[] not null default '{}' check (cardinality(features) <= 60),
  add column regions text[] not null default '{*}' check (cardinality(regions) between 1 and 100),
  add column max_retention_days integer check (max_retention_days between 0 and 3660),
  add column allows_human_review boolean not null default true,
  add column allows_training boolean not null default false,
  add column exemption_kind text
    check (exemption_kind in ('zero-data-retention', 'modified-abuse-monitoring', 'retention-mode-none')),
  add column exemption_reference text check (length(exemption_reference) between 1 and 128),
  add column exemption_recorded_on date,
  add column conditions text[] not null default '{}' check (cardinality(conditions) <= 20),
  add column covered_entity text check (length(covered_entity) between 1 and 200),
  add column business_associate text check (length(business_associate) between 1 and 200),
  add column subcontractor text check (length(subcontractor) between 1 and 200),
  -- Ids of agreements with subcontractors: one of them out of force, and so is this.
  add column chain text[] not null default '{}' check (cardinality(chain) <= 20),
  -- What the contract says and where, one `clause=place` each.
  add column clauses text[] not null default '{}' check (cardinality(clauses) <= 60),
  add column incident_notice_days integer check (incident_notice_days between 0 and 60),
  -- A draft until somebody activates it. What there was is active.
  add column activated_by slug default 'breakwater',
  add column activated_at timestamptz default now(),
  add constraint exemption_is_whole check (
    (exemption_kind is null) = (exemption_reference is null) and
    (exemption_kind is null) = (exemption_recorded_on is null)),
  add constraint activation_is_whole check ((activated_by is null) = (activated_at is null));
alter table agreements
  alter column allows_human_review drop default,
  alter column activated_by drop default,
  alter column activated_at drop default;
grant update (activated_by, activated_at) on agreements to breakwater_app;
