-- What this installation is, fixed at its first migration: nothing that was good enough for development becomes production
-- by a setting (45 CFR 164.308(a)(4), 164.502(b)).
create table installation (
  singleton    boolean primary key default true check (singleton),
  environment  text not null check (environment in ('development', 'staging', 'production')),
  created_at   timestamptz not null default now()
);

create trigger keep_rows before update or delete on installation for each row execute function refuse_change();
create trigger keep_table before truncate on installation execute function refuse_change();

-- A program that may not migrate still has to know that what it finds is what it was built for.
grant select on installation, migrations to breakwater_app, breakwater_sequencer;
