-- Access for a time, who agreed to it, and what may deviate. Whether a row is in force is judged by the clock when it is
-- asked, never by a job: sweeps only write down what time has already done. Two-person rules are constraints too, so that
-- no path of the program can pass them.
create domain reason_code as text check (value ~ '^[a-z0-9][a-z0-9-]{0,62}$');

create table access_requests (
  tenant         slug not null references tenants (id),
  id             uuid not null,
  kind           text not null check (kind in ('just-in-time', 'exception')),
  beneficiary    slug not null,
  roles          text[] not null,
  purposes       text[] not null,
  seconds        integer not null check (seconds between 60 and 7776000),
  starts_at      timestamptz,
  reason         reason_code not null,
  -- Checked for identifiers before it is written; never copied into the ledger.
  justification  text not null check (length(justification) between 10 and 500),
  requested_by   slug not null,
  requested_at   timestamptz not null,
  lapses_at      timestamptz not null check (lapses_at > requested_at),
  answer         text check (answer in ('approved', 'denied', 'withdrawn', 'lapsed')),
  answered_by    slug,
  answered_at    timestamptz,
  primary key (tenant, id),
  check (cardinality(roles) + cardinality(purposes) > 0),
  check ((answer is null) = (answered_by is null) and (answer is null) = (answered_at is null)),
  constraint second_person check (
    answer is null or answer not in ('approved', 'denied')
    or (answered_by <> requested_by and answered_by <> beneficiary and answered_at < lapses_at))
);
create index access_requests_waiting on access_requests (tenant, lapses_at) where answer is null;

create table exceptions (
  tenant         slug not null references tenants (id),
  id             uuid not null,
  kind           text not null check (kind in ('access', 'api-key', 'idle-timeout', 'tls-1.2')),
  subject        text not null check (subject ~ '^(\*|[a-z0-9][a-z0-9._:/-]{0,126})$'),
  owner          slug not null,
  justification  text not null check (length(justification) between 10 and 500),
  proposed_by    slug not null,
  proposed_at    timestamptz not null,
  expires_at     timestamptz not null check (expires_at > proposed_at),
  approved_by    slug,
  approved_at    timestamptz,
  ended_by       slug,
  ended_at       timestamptz,
  primary key (tenant, id),
  check ((approved_by is null) = (approved_at is null) and (ended_by is null) = (ended_at is null)),
  constraint second_person check (approved_by is null or (approved_by <> proposed_by and approved_by <> owner))
);
create index exceptions_open on exceptions (tenant, expires_at) where ended_at is null;

create table access_grants (
  tenant        slug not null,
  id            uuid not null,
  request       uuid not null,
  exception     uuid,
  principal     slug not null,
  roles         text[] not null,
  purposes      text[] not null,
  valid_from    timestamptz not null,
  valid_until   timestamptz not null check (valid_until > valid_from),
  given_by      slug not null check (given_by <> principal),
  given_at      timestamptz not null,
  ended_by      slug,
  ended_at      timestamptz,
  ended_reason  text check (ended_reason in ('expired', 'revoked', 'exception-ended', 'recertification')),
  primary key (tenant, id),
  unique (tenant, request),
  foreign key (tenant, request) references access_requests (tenant, id),
  foreign key (tenant, exception) references exceptions (tenant, id),
  check (cardinality(roles) + cardinality(purposes) > 0),
  check ((ended_at is null) = (ended_by is null) and (ended_at is null) = (ended_reason is null))
);
create index access_grants_open on access_grants (tenant, valid_until) where ended_at is null;

create table break_glass (
  tenant         slug not null references tenants (id),
  id             uuid not null,
  principal      slug not null,
  reason         reason_code not null,
  justification  text not null check (length(justification) between 10 and 500),
  control        text not null check (control in ('review', 'second-person')),
  opened_at      timestamptz not null,
  ends_at        timestamptz not null check (ends_at > opened_at and ends_at <= opened_at + interval '60 minutes'),
  confirmed_by   slug check (confirmed_by <> principal),
  confirmed_at   timestamptz,
  closed_by      slug,
  closed_at      timestamptz,
  review_due_at  timestamptz not null check (review_due_at > opened_at),
  -- Somebody was told that the review is overdue.
  overdue_at     timestamptz,
  reviewed_by    slug check (reviewed_by <> principal),
  reviewed_at    timestamptz,
  finding        text check (finding in ('justified', 'not-justified')),
  primary key (tenant, id),
  check ((confirmed_by is null) = (confirmed_at is null) and (closed_by is null) = (closed_at is null)),
  check ((reviewed_by is null) = (reviewed_at is null) and (reviewed_by is null) = (finding is null))
);
create index break_glass_open on break_glass (tenant, ends_at) where closed_at is null;
create index break_glass_to_review on break_glass (tenant, review_due_at) where reviewed_at is null;

create table alerts (
  tenant           slug not null references tenants (id),
  id               uuid not null,
  kind             text not null check (kind ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  object           uuid not null,
  raised_at        timestamptz not null,
  acknowledged_by  slug,
  acknowledged_at  timestamptz,
  primary key (tenant, id),
  unique (tenant, kind, object),
  check ((acknowledged_by is null) = (acknowledged_at is null))
);

create table recertifications (
  tenant      slug not null references tenants (id),
  id          uuid not null,
  scope       text[] not null check (cardinality(scope) > 0),
  reviewers   text[] not null check (cardinality(reviewers) > 0),
  started_by  slug not null,
  started_at  timestamptz not null,
  due_at      timestamptz not null check (due_at > started_at),
  closed_at   timestamptz,
  primary key (tenant, id)
);

create table recertification_items (
  tenant       slug not null,
  id           uuid not null,
  campaign     uuid not null,
  kind         text not null check (kind in ('grant', 'principal', 'token', 'group', 'client')),
  subject      text not null check (length(subject) between 1 and 200),
  holder       slug,
  roles        text[] not null,
  purposes     text[] not null,
  due_at       timestamptz not null,
  answer       text check (answer in ('keep', 'revoke')),
  answered_by  slug,
  answered_at  timestamptz,
  -- What the answer, or its absence, means was carried out where the thing lives.
  enforced_at  timestamptz,
  primary key (tenant, id),
  unique (tenant, campaign, kind, subject),
  foreign key (tenant, campaign) references recertifications (tenant, id),
  check ((answer is null) = (answered_by is null) and (answer is null) = (answered_at is null)),
  constraint never_oneself check (answered_by is null or holder is null or answered_by <> holder),
  constraint in_time check (answered_at is null or answered_at < due_at)
);
create index recertification_items_open on recertification_items (tenant, due_at) where enforced_at is null;

-- What stops all egress of the installation is a row of the home tenant.
create table freezes (
  tenant             slug not null references tenants (id),
  id                 uuid not null,
  scope              text not null check (scope in ('all', 'tenant', 'provider')),
  provider           slug,
  reason             reason_code not null,
  -- One administrator alone could freeze, so one alone may lift: that state is kept, so that it cannot be made later.
  is_single_control  boolean not null,
  frozen_by          slug not null,
  frozen_at          timestamptz not null,
  lift_proposed_by   slug,
  lift_proposed_at   timestamptz,
  lifted_by          slug,
  lifted_at          timestamptz,
  primary key (tenant, id),
  check ((scope = 'provider') = (provider is not null)),
  check ((lift_proposed_by is null) = (lift_proposed_at is null) and (lifted_by is null) = (lifted_at is null)),
  constraint second_person check (
    lifted_by is null or (lift_proposed_by is not null and (lifted_by <> lift_proposed_by or is_single_control))),
  foreign key (tenant, provider) references providers (tenant, id)
);
create index freezes_in_force on freezes (tenant) where lifted_at is null;

do $$
declare t text;
begin
  foreach t in array array['access_requests', 'exceptions', 'access_grants', 'break_glass', 'alerts', 'recertifications',
    'recertification_items', 'freezes']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_tenant on %I to breakwater_app using (tenant = current_tenant())', t);
    execute format('grant select, insert on %I to breakwater_app', t);
  end loop;
end $$;

-- Only what happens to a row later; what it was made with stays.
grant update (answer, answered_by, answered_at) on access_requests to breakwater_app;
grant update (approved_by, approved_at, ended_by, ended_at) on exceptions to breakwater_app;
grant update (ended_by, ended_at, ended_reason) on access_grants to breakwater_app;
grant update (confirmed_by, confirmed_at, closed_by, closed_at, overdue_at, reviewed_by, reviewed_at, finding)
  on break_glass to breakwater_app;
grant update (acknowledged_by, acknowledged_at) on alerts to breakwater_app;
grant update (closed_at) on recertifications to breakwater_app;
grant update (answer, answered_by, answered_at, enforced_at) on recertification_items to breakwater_app;
grant update (lift_proposed_by, lift_proposed_at, lifted_by, lifted_at) on freezes to breakwater_app;
