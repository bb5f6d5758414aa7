-- How far a provider's end of the connection is trusted (45 CFR 164.312(e)(1)).
alter table providers
  add column pins text[] not null default '{}' check (cardinality(pins) <= 10),
  add column allows_tls12 boolean not null default false;
