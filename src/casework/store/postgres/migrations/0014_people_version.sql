-- Moves when a user or person changes: what is kept in memory of their names is good as long as it stands.
alter table tenants add column people_version bigint not null default 0;
