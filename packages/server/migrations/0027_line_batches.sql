-- Batches of requests, run line by line: each line is a crossing of its own when its turn comes. What callers sent and what they
-- get lies here sealed until it ends; names of files and the callers' own ids are their text, so they are sealed as well.
create table line_batches (
  tenant           slug not null references tenants (id),
  id               uuid not null,
  owner            slug not null,
  -- May be gone once the batch has ended.
  input_file       uuid not null,
  endpoint         text not null check (endpoint ~ '^/v1/[a-z/]{1,64}$'),
  -- Read again for each line: a credential that is gone runs nothing any more.
  credential_kind  text not null check (credential_kind in ('token', 'client')),
  credential_id    text not null check (credential_id ~ '^[a-z0-9-]{1,64}$'),
  -- Declared headers, scopes, the actor, the caller's labels of the batch.
  sealed_context   bytea not null check (octet_length(sealed_context) <= 65536),
  state            text not null check (state in ('in_progress', 'cancelling', 'completed', 'cancelled', 'expired')),
  created_at       timestamptz not null,
  -- The end of the window: what has not run by then never will.
  expires_at       timestamptz not null,
  -- No line before, because a limit was reached.
  paused_until     timestamptz,
  cancelling_at    timestamptz,
  ended_at         timestamptz,
  -- Then it is deleted with its results.
  kept_until       timestamptz,
  primary key (tenant, id),
  check ((ended_at is null) = (state in ('in_progress', 'cancelling'))),
  check ((ended_at is null) = (kept_until is null))
);
create index line_batches_open on line_batches (tenant, created_at) where ended_at is null;
create index line_batches_of on line_batches (tenant, owner, created_at);

create table line_files (
  tenant       slug not null references tenants (id),
  id           uuid not null,
  owner        slug not null,
  sealed_name  bytea not null check (octet_length(sealed_name) <= 2048),
  -- Of results: which of them. Of what was sent: null.
  batch        uuid,
  part         text check (part in ('output', 'error')),
  line_count   integer not null check (line_count between 0 and 10000),
  size_bytes   bigint not null check (size_bytes >= 0),
  -- Every line was read and found good.
  is_ready     boolean not null,
  created_at   timestamptz not null,
  expires_at   timestamptz not null,
  primary key (tenant, id),
  unique (tenant, batch, part),
  foreign key (tenant, batch) references line_batches (tenant, id) on delete cascade,
  check ((batch is null) = (part is null))
);
create index line_files_by_end on line_files (tenant, expires_at);

create table line_file_lines (
  tenant       slug not null references tenants (id),
  file         uuid not null,
  number       integer not null check (number between 1 and 20000),
  url          text not null check (url ~ '^/v1/[a-z/]{1,64}$'),
  sealed_line  bytea not null,
  primary key (tenant, file, number),
  foreign key (tenant, file) references line_files (tenant, id) on delete cascade
);

create table line_results (
  tenant         slug not null references tenants (id),
  batch          uuid not null,
  number         integer not null check (number between 1 and 20000),
  -- From pending to running once, and from running to an end once: a line never runs twice.
  state          text not null check (state in ('pending', 'running', 'completed', 'failed', 'cancelled')),
  claimed_at     timestamptz,
  sealed_result  bytea,
  size_bytes     integer not null default 0 check (size_bytes >= 0),
  primary key (tenant, batch, number),
  foreign key (tenant, batch) references line_batches (tenant, id) on delete cascade,
  -- Its text is erased with the file that gave it out; that it ran stays told until the batch goes.
  check (sealed_result is null or state in ('completed', 'failed')),
  check ((claimed_at is null) = (state in ('pending', 'cancelled')))
);
create index line_results_due on line_results (tenant, batch, number) where state in ('pending', 'running');

do $$
declare t text;
begin
  foreach t in array array['line_batches', 'line_files', 'line_file_lines', 'line_results'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_tenant on %I to breakwater_app using (tenant = current_tenant())', t);
  end loop;
end $$;
grant select, insert, delete, update (state, paused_until, cancelling_at, ended_at, kept_until) on line_batches to breakwater_app;
grant select, insert, delete, update (line_count, size_bytes, is_ready) on line_files to breakwater_app;
grant select, insert on line_file_lines to breakwater_app;
grant select, insert, update (state, claimed_at, sealed_result, size_bytes) on line_results to breakwater_app;
