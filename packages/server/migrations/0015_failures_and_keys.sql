-- How often log-ins failed, of one account and from one source, within a window that its first failure begins. On all
-- replicas together; neither is named, both are kept as keyed hashes.
create table signin_failures (
  tenant       slug not null references tenants (id),
  kind         text not null check (kind in ('account', 'source')),
  subject_mac  bytea not null check (length(subject_mac) = 32),
  failures     integer not null check (failures > 0),
  since        timestamptz not null,
  primary key (tenant, kind, subject_mac)
);
create index signin_failures_by_age on signin_failures (tenant, since);
alter table signin_failures enable row level security;
alter table signin_failures force row level security;
create policy own_tenant on signin_failures to breakwater_app using (tenant = current_tenant());
grant select, insert, delete, update (failures, since) on signin_failures to breakwater_app;

-- From where, when an alert is about a source: only one that failed more often than people err is ever written down.
alter table alerts add column source text check (length(source) between 1 and 64);
alter table alerts add check (source is null or kind = 'signin-failing');

-- Which claim of an ID token says who it is. Entra's `sub` is another one for each application, its `oid` is not.
alter table identity_providers add column subject_claim text not null default 'sub'
  check (subject_claim ~ '^[A-Za-z0-9_.:/-]{1,128}$');
grant update (subject_claim) on identity_providers to breakwater_app;

-- Data keys that no replica may go on using from memory: shredded, or no longer the one that seals. Ids of keys alone, of
-- all tenants, since each replica asks once a second for all of them; whoever asks forgets what is old.
create table data_key_changes (
  id          bigint generated always as identity primary key,
  data_key    text not null check (data_key ~ '^[A-Za-z0-9_-]{16,64}$'),
  changed_at  timestamptz not null default clock_timestamp()
);
create index data_key_changes_by_time on data_key_changes (changed_at);
grant select, insert (data_key), delete on data_key_changes to breakwater_app;

create function tell_key_change() returns trigger language plpgsql as $$
begin
  insert into data_key_changes (data_key) values (new.id);
  return null;
end $$;
create trigger tell_change after update of is_current, ciphertext on data_keys for each row
  when ((old.is_current and not new.is_current) or (old.ciphertext is not null and new.ciphertext is null))
  execute function tell_key_change();
