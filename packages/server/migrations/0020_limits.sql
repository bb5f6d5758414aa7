-- How much may cross in a span of time, and what models cost. What is used is counted on all replicas together: a replica
-- takes units in advance, uses them without asking, and gives back what it did not use. What it holds is a lease, so that a
-- replica that was killed holds nothing for long.
create table limits (
  tenant     slug not null references tenants (id),
  id         slug not null check (length(id) <= 48),
  version    integer not null check (version > 0),
  -- Whom it is about: null is all of them together, `*` each by itself, else one.
  principal  text check (principal ~ '^(\*|[a-z0-9][a-z0-9-]{0,62})$'),
  purpose    text check (purpose ~ '^(\*|[A-Z]{2,16})$'),
  provider   text check (provider ~ '^(\*|[a-z0-9][a-z0-9-]{0,62})$'),
  metric     text not null check (metric in ('requests', 'tokens', 'cost', 'streams')),
  span       text check (span in ('minute', 'day', 'month')),
  -- Requests, tokens, streams, or millionths of the currency.
  amount     bigint not null check (amount between 1 and 1000000000000000),
  currency   text check (currency ~ '^[A-Z]{3}$'),
  ended_at   timestamptz,
  primary key (tenant, id),
  check ((metric = 'streams') = (span is null) and (metric = 'cost') = (currency is not null))
);

create table model_prices (
  tenant         slug not null,
  provider       slug not null,
  model          text not null check (model ~ '^[\x21-\x7e]{1,200}$'),
  version        integer not null check (version > 0),
  currency       text not null check (currency ~ '^[A-Z]{3}$'),
  -- Millionths of the currency for a million tokens.
  input_micros   bigint not null check (input_micros between 0 and 1000000000000),
  output_micros  bigint not null check (output_micros between 0 and 1000000000000),
  primary key (tenant, provider, model),
  foreign key (tenant, provider) references providers (tenant, id)
);

-- Of each limit and each whom it counts by itself: what was taken since the start of its span.
create table limit_counters (
  tenant    slug not null,
  limit_id  slug not null,
  -- Ids of principal, purpose and provider, as far as they are counted apart.
  subject   text not null check (subject ~ '^[A-Za-z0-9-]*\|[A-Z]*\|[a-z0-9-]*$'),
  since     timestamptz not null,
  taken     bigint not null check (taken >= 0),
  primary key (tenant, limit_id, subject),
  foreign key (tenant, limit_id) references limits (tenant, id)
);

-- What of it a replica holds and has not yet told that it used.
create table limit_leases (
  tenant    slug not null,
  limit_id  slug not null,
  subject   text not null,
  replica   uuid not null,
  since     timestamptz not null,
  units     bigint not null check (units > 0),
  ends_at   timestamptz not null,
  primary key (tenant, limit_id, subject, replica),
  foreign key (tenant, limit_id, subject) references limit_counters (tenant, limit_id, subject) on delete cascade
);

do $$
declare t text;
begin
  foreach t in array array['limits', 'model_prices', 'limit_counters', 'limit_leases']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_tenant on %I to breakwater_app using (tenant = current_tenant())', t);
    execute format('grant select, insert on %I to breakwater_app', t);
  end loop;
end $$;
grant update (version, amount, currency, ended_at) on limits to breakwater_app;
grant update (version, currency, input_micros, output_micros) on model_prices to breakwater_app;
grant update (since, taken) on limit_counters to breakwater_app;
grant update (since, units, ends_at) on limit_leases to breakwater_app;
grant delete on limit_counters, limit_leases to breakwater_app;

-- Takes units of several counters for a replica, as many as are left of `needs`, and while much is left up to `extras` more.
-- One call is one round trip and one transaction: it states its tenant itself. A crash of the database may forget the last
-- half second of it, so nobody waits for a disk.
create function take_units(owner text, holder uuid, lease_ms integer, limit_ids text[], subjects text[],
  sinces timestamptz[], needs bigint[], extras bigint[])
returns table (place bigint, granted bigint, held bigint, counted_since timestamptz, is_limited boolean)
language plpgsql as $$
declare
  w record;
  c limit_counters;
  ceiling bigint;
  freed bigint;
  free bigint;
begin
  perform set_config('app.tenant', owner, true), set_config('synchronous_commit', 'off', true);
  for w in select u.* from unnest(limit_ids, subjects, sinces, needs, extras)
      with ordinality as u (limit_id, subject, since, need, extra, ord) order by u.limit_id, u.subject
  loop
    place := w.ord;
    select l.amount into ceiling from limits l where l.tenant = owner and l.id = w.limit_id and l.ended_at is null;
    is_limited := found;
    insert into limit_counters (tenant, limit_id, subject, since, taken) values (owner, w.limit_id, w.subject, w.since, 0)
      on conflict do nothing;
    select * into c from limit_counters x where x.tenant = owner and x.limit_id = w.limit_id and x.subject = w.subject
      for update;
    -- A span that is over takes its leases with it. It never goes back: of several clocks the fastest begins the next.
    if w.since > c.since then
      delete from limit_leases x where x.tenant = owner and x.limit_id = w.limit_id and x.subject = w.subject;
      c.since := w.since;
      c.taken := 0;
    end if;
    with gone as (delete from limit_leases x where x.tenant = owner and x.limit_id = w.limit_id and x.subject = w.subject
        and x.ends_at < clock_timestamp() returning x.units)
      select coalesce(sum(gone.units), 0) into freed from gone;
    c.taken := greatest(c.taken - freed, 0);
    free := greatest(coalesce(ceiling, c.taken + w.need) - c.taken, 0);
    granted := least(w.need, free);
    -- Near the limit units go out one by one, so that no replica holds what another is refused.
    granted := granted + greatest(least(w.extra, (free - granted) / 32), 0);
    update limit_counters x set since = c.since, taken = c.taken + granted
      where x.tenant = owner and x.limit_id = w.limit_id and x.subject = w.subject;
    counted_since := c.since;
    held := 0;
    if granted > 0 then
      insert into limit_leases as x (tenant, limit_id, subject, replica, since, units, ends_at)
        values (owner, w.limit_id, w.subject, holder, c.since, granted, clock_timestamp() + lease_ms * interval '1 ms')
        on conflict (tenant, limit_id, subject, replica) do update set units = x.units + excluded.units,
          ends_at = excluded.ends_at
        returning x.units into held;
    else
      select coalesce(sum(x.units), 0) into held from limit_leases x where x.tenant = owner and x.limit_id = w.limit_id
        and x.subject = w.subject and x.replica = holder;
    end if;
    return next;
  end loop;
end $$;

-- Tells what of its units a replica used and gives back, and keeps its leases for another while. What was used beyond them,
-- because an estimate was too low or the lease had ended, is counted all the same.
create function settle_units(owner text, holder uuid, lease_ms integer, limit_ids text[], subjects text[],
  sinces timestamptz[], useds bigint[], backs bigint[])
returns table (place bigint, held bigint)
language plpgsql as $$
declare
  w record;
  had bigint;
begin
  perform set_config('app.tenant', owner, true), set_config('synchronous_commit', 'off', true);
  for w in select u.* from unnest(limit_ids, subjects, sinces, useds, backs)
      with ordinality as u (limit_id, subject, since, used, back, ord) order by u.limit_id, u.subject
  loop
    place := w.ord;
    held := 0;
    perform from limit_counters x where x.tenant = owner and x.limit_id = w.limit_id and x.subject = w.subject
      and x.since = w.since for update;
    if found then
      select x.units into had from limit_leases x where x.tenant = owner and x.limit_id = w.limit_id
        and x.subject = w.subject and x.replica = holder and x.since = w.since;
      had := coalesce(had, 0);
      held := greatest(had - w.used - w.back, 0);
      -- Of what it had, `held` stays taken as a lease and `used` for good.
      update limit_counters x set taken = greatest(x.taken - had + held + w.used, 0)
        where x.tenant = owner and x.limit_id = w.limit_id and x.subject = w.subject and had <> held + w.used;
      if held > 0 then
        update limit_leases x set units = settle_units.held, ends_at = clock_timestamp() + lease_ms * interval '1 ms'
          where x.tenant = owner and x.limit_id = w.limit_id and x.subject = w.subject and x.replica = holder;
      else
        delete from limit_leases x where x.tenant = owner and x.limit_id = w.limit_id and x.subject = w.subject
          and x.replica = holder;
      end if;
    end if;
    return next;
  end loop;
end $$;
