-- What of crossings is kept, and for how long: nothing, until a tenant says so by a row of kept_rules. Each kept row hangs
-- on the row of its kind, so nothing can be kept without one, and what was kept goes with it (45 CFR 164.502(b),
-- 164.310(d)(2), 164.316(b)(2): six years at the most). Contents are sealed under data keys of tenant, kind and patient.
create table kept_rules (
  tenant          slug not null references tenants (id),
  kind            text not null check (kind in ('history', 'feedback', 'evaluation')),
  purpose         text not null check (purpose in ('TREAT', 'HPAYMT', 'HOPERAT')),
  retention_days  integer not null check (retention_days between 1 and 2190),
  -- Beside the masked form the one with the caller's values, which few may read.
  keeps_restored  boolean not null,
  reason          text not null check (reason ~ '^[a-z][a-z-]{0,62}$'),
  put_by          slug not null,
  put_at          timestamptz not null,
  primary key (tenant, kind),
  check (kind = 'history' or not keeps_restored)
);

create table kept_history (
  tenant                    slug not null,
  kind                      text not null default 'history' check (kind = 'history'),
  crossing                  uuid not null,
  principal                 slug not null,
  endpoint                  text not null check (length(endpoint) between 1 and 128),
  provider                  slug not null,
  model                     text not null check (length(model) between 1 and 128),
  purpose                   text not null check (purpose ~ '^[A-Z]{2,16}$'),
  is_stream                 boolean not null,
  -- A keyed reference, and the subject of the data key: shredding the patient's keys ends this row's too.
  patient                   text check (patient ~ '^([0-9a-f]{2}){16,32}$'),
  -- Of identifiers that were masked: whoever reads the restored form may have all of them put back.
  classes                   text[] not null check (cardinality(classes) <= 64),
  sealed_request            bytea not null check (length(sealed_request) between 45 and 1100000),
  sealed_answer             bytea not null check (length(sealed_answer) between 45 and 1100000),
  sealed_restored_request   bytea check (length(sealed_restored_request) between 45 and 1100000),
  sealed_restored_answer    bytea check (length(sealed_restored_answer) between 45 and 1100000),
  kept_at                   timestamptz not null,
  expires_at                timestamptz not null check (expires_at > kept_at),
  primary key (tenant, crossing),
  foreign key (tenant, kind) references kept_rules (tenant, kind) on delete cascade,
  check ((sealed_restored_request is null) = (sealed_restored_answer is null))
);
create index kept_history_by_end on kept_history (tenant, expires_at);

create table kept_feedback (
  tenant          slug not null,
  kind            text not null default 'feedback' check (kind = 'feedback'),
  id              uuid not null,
  crossing        uuid not null,
  principal       slug not null,
  rating          text not null check (rating in ('up', 'down')),
  reason          text not null check (reason ~ '^[a-z][a-z-]{0,62}$'),
  patient         text check (patient ~ '^([0-9a-f]{2}){16,32}$'),
  sealed_comment  bytea check (length(sealed_comment) between 45 and 20000),
  kept_at         timestamptz not null,
  expires_at      timestamptz not null check (expires_at > kept_at),
  primary key (tenant, id),
  -- Who thinks again says so in place of what was said before.
  unique (tenant, crossing, principal),
  foreign key (tenant, kind) references kept_rules (tenant, kind) on delete cascade
);
create index kept_feedback_by_end on kept_feedback (tenant, expires_at);

create table evaluation_sets (
  tenant      slug not null,
  kind        text not null default 'evaluation' check (kind = 'evaluation'),
  id          slug not null,
  created_by  slug not null,
  created_at  timestamptz not null,
  primary key (tenant, id),
  foreign key (tenant, kind) references kept_rules (tenant, kind) on delete cascade
);

create table evaluation_items (
  tenant         slug not null,
  evaluation     slug not null,
  id             uuid not null,
  -- Samples leave in the order in which they were chosen, also those of one millisecond.
  position       bigint generated always as identity,
  -- Null: a text that somebody wrote for the set.
  crossing       uuid,
  patient        text check (patient ~ '^([0-9a-f]{2}){16,32}$'),
  sealed_sample  bytea not null check (length(sealed_sample) between 45 and 2200000),
  chosen_by      slug not null,
  kept_at        timestamptz not null,
  expires_at     timestamptz not null check (expires_at > kept_at),
  primary key (tenant, id),
  unique (tenant, evaluation, crossing),
  foreign key (tenant, evaluation) references evaluation_sets (tenant, id) on delete cascade
);
create index evaluation_items_by_end on evaluation_items (tenant, expires_at);

do $$
declare t text;
begin
  foreach t in array array['kept_rules', 'kept_history', 'kept_feedback', 'evaluation_sets', 'evaluation_items'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_tenant on %I to breakwater_app using (tenant = current_tenant())', t);
    execute format('grant select, insert, delete on %I to breakwater_app', t);
  end loop;
  -- A shorter time reaches back to what is kept already; a longer one does not.
  foreach t in array array['kept_history', 'kept_feedback', 'evaluation_items'] loop
    execute format('grant update (expires_at) on %I to breakwater_app', t);
  end loop;
end $$;
grant update (purpose, retention_days, keeps_restored, reason, put_by, put_at) on kept_rules to breakwater_app;
