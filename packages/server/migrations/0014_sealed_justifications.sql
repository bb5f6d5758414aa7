-- What somebody typed as a reason is sealed under a data key. The column of before stays for rows that the worker has not
-- sealed yet: nobody may write to it any more, and it can only be emptied, once, against its sealed text.
create function seal_once() returns trigger language plpgsql as $$
begin
  if old.justification is null or old.sealed_justification is not null
    or new.justification is not null or new.sealed_justification is null
  then
    raise exception 'a justification of % is sealed once and then kept', tg_table_name;
  end if;
  return new;
end $$;

do $$
declare t text; columns text;
begin
  foreach t in array array['access_requests', 'break_glass', 'exceptions'] loop
    execute format('alter table %I alter column justification drop not null, add column sealed_justification bytea '
      'check (length(sealed_justification) between 55 and 2045)', t);
    execute format('alter table %I add constraint kept_once '
      'check ((justification is null) <> (sealed_justification is null))', t);
    execute format('create trigger seal_once before update of justification, sealed_justification on %I '
      'for each row execute function seal_once()', t);
    select string_agg(quote_ident(column_name), ', ') into columns from information_schema.columns
      where table_schema = 'public' and table_name = t and column_name <> 'justification';
    execute format('revoke insert on %I from breakwater_app', t);
    execute format('grant insert (%s) on %I to breakwater_app', columns, t);
    execute format('grant update (justification, sealed_justification) on %I to breakwater_app', t);
  end loop;
end $$;

-- The event that ends a legal basis is a name, as the API has always asked; what was written before is left.
alter table legal_bases add check (expiry_event ~ '^[a-z0-9][a-z0-9-]{0,62}$') not valid;
