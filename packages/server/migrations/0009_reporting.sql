-- Reports read views and nothing else. A view runs with the rights of who asks (security_invoker), so the role has the
-- right to read exactly the columns that the views show: whoever asks the table for another column is refused. The tenant
-- is in the name of the login (reporting-<tenant>), which nobody but the database's owner can give; a setting could be set.
do $$
begin
  if not exists (select from pg_roles where rolname = 'breakwater_reporting') then create role breakwater_reporting nologin; end if;
  grant breakwater_reporting to current_user;
end $$;

create schema if not exists reporting;
grant usage on schema public, reporting to breakwater_reporting;

create view reporting.ledger_activity with (security_invoker = true) as
  select tenant, idx, kind, crossing, recorded_at from ledger_entries;
create view reporting.principals with (security_invoker = true) as
  select tenant, id, kind, roles, purposes, may_restore, created_at, disabled_at from principals;
create view reporting.providers with (security_invoker = true) as
  select tenant, id, version, kind, is_internal, models, created_at, disabled_at from providers;
create view reporting.agreements with (security_invoker = true) as
  select tenant, id, version, kind, provider, endpoints, models, purposes, effective_from, effective_to, terminated_at
  from agreements;
create view reporting.legal_bases with (security_invoker = true) as
  select tenant, id, version, kind, purposes, data_class, effective_from, expires_at, expiry_event, ended_at, end_reason
  from legal_bases;
create view reporting.sessions with (security_invoker = true) as
  select tenant, id, principal, method, is_phishing_resistant, started_at, ends_at, flagged_at, ended_at, end_reason
  from sessions;
create view reporting.policy_activations with (security_invoker = true) as
  select tenant, sequence, sha256, activated_by, activated_at from policy_activations;
create view reporting.policy_drafts with (security_invoker = true) as
  select tenant, sha256, origin, drafted_by, drafted_at, tested_at, cases_passed, approved_by, approved_at,
    is_single_control from policy_drafts;

do $$
declare v record;
begin
  for v in select table_name as name, string_agg(quote_ident(column_name), ', ') as columns
    from information_schema.columns where table_schema = 'reporting' group by table_name
  loop
    execute format('grant select on reporting.%I to breakwater_reporting', v.name);
    execute format('grant select (%s) on %I to breakwater_reporting', v.columns,
      case v.name when 'ledger_activity' then 'ledger_entries' else v.name end);
    execute format('create policy report on %I for select to breakwater_reporting using (session_user = ''reporting-'' || tenant)',
      case v.name when 'ledger_activity' then 'ledger_entries' else v.name end);
  end loop;
end $$;
