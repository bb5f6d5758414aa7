-- What each replica refused to addresses that nobody knows, so that the limit of an address is one limit however many
-- replicas it asks. A row a replica, written at most once a second however many were refused; an address only as a keyed
-- hash. Unlogged: after a crash of the database counting begins anew, and a flood writes no log.
create unlogged table refusal_counts (
  replica     uuid primary key,
  written_at  timestamptz not null default clock_timestamp(),
  addresses   bytea[] not null check (cardinality(addresses) <= 256),
  refusals    integer[] not null check (cardinality(refusals) = cardinality(addresses)),
  -- Of each address's minute, what was left when this was written.
  left_ms     integer[] not null check (cardinality(left_ms) = cardinality(addresses))
);
grant select, insert, update, delete on refusal_counts to breakwater_app;
