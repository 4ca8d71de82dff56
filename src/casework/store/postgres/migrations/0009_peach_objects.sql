-- What servicing loans needs beside the case: private data of borrowers, identities as keyed hashes, documents with
-- content, versions of case types, tasks, workflows, supercases, and which matches of watch lists have a case already.
alter table persons add column private jsonb not null default '{}';
alter table users add column external_id text;
create unique index users_external_id on users (tenant_id, external_id)
  where deleted_at is null and external_id is not null;
alter table teams add column external_id text;
create unique index teams_external_id on teams (tenant_id, external_id)
  where deleted_at is null and external_id is not null;
alter table objects add column blob text, add column size bigint, add column content_type text;
create index objects_person on objects (tenant_id, kind, person, number);
create index objects_blob on objects (blob) where blob is not null;
alter table case_types add column family bigint;
create unique index case_types_active on case_types (tenant_id, family)
  where family is not null and status = 'active' and deleted_at is null;

-- The key of the keyed hashes below: it never leaves the installation, and only the system role reads it.
create table identity_keys (
  one boolean primary key default true check (one),
  secret bytea not null,
  created_at timestamptz not null default now()
);
grant select, insert on identity_keys to casework_system;

-- `digest` and `tail` are keyed hashes of the whole number and of its last four digits; nothing else is kept of it.
create table identities (
  tenant_id integer not null,
  number bigint not null,
  uid uuid not null,
  key text,
  name text not null default '',
  extra jsonb not null default '{}',
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by bigint,
  updated_at timestamptz,
  updated_by bigint,
  deleted_at timestamptz,
  person bigint not null,
  kind text not null,
  digest bytea not null,
  tail bytea,
  primary key (tenant_id, number)
);
create unique index identities_uid on identities (tenant_id, uid);
create unique index identities_key on identities (tenant_id, key) where key is not null;
create index identities_person on identities (tenant_id, person) where deleted_at is null;
call casework_wall('identities');

create table tasks (
  tenant_id integer not null,
  number bigint not null,
  uid uuid not null,
  key text,
  name text not null default '',
  extra jsonb not null default '{}',
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by bigint,
  updated_at timestamptz,
  updated_by bigint,
  deleted_at timestamptz,
  kind text not null,
  "case" bigint,
  person bigint,
  team bigint,
  "user" bigint,
  status text not null default 'open',
  urgent boolean not null default false,
  note text not null default '',
  completed_at timestamptz,
  completed_by bigint,
  primary key (tenant_id, number)
);
create unique index tasks_uid on tasks (tenant_id, uid);
create unique index tasks_key on tasks (tenant_id, key) where key is not null;
create index tasks_case on tasks (tenant_id, "case") where deleted_at is null;
create index tasks_listed on tasks (tenant_id, status, number) where deleted_at is null;
call casework_wall('tasks');

create table workflows (
  tenant_id integer not null,
  number bigint not null,
  uid uuid not null,
  key text,
  name text not null default '',
  extra jsonb not null default '{}',
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by bigint,
  updated_at timestamptz,
  updated_by bigint,
  deleted_at timestamptz,
  "case" bigint,
  steps jsonb not null default '[]',
  primary key (tenant_id, number)
);
create unique index workflows_uid on workflows (tenant_id, uid);
create unique index workflows_key on workflows (tenant_id, key) where key is not null;
create index workflows_case on workflows (tenant_id, "case") where deleted_at is null;
call casework_wall('workflows');

create table supercases (
  tenant_id integer not null,
  number bigint not null,
  uid uuid not null,
  key text,
  name text not null default '',
  extra jsonb not null default '{}',
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by bigint,
  updated_at timestamptz,
  updated_by bigint,
  deleted_at timestamptz,
  kind text not null default 'generic',
  members jsonb not null default '{}',
  cases bigint[] not null default '{}',
  primary key (tenant_id, number)
);
create unique index supercases_uid on supercases (tenant_id, uid);
create unique index supercases_key on supercases (tenant_id, key) where key is not null;
call casework_wall('supercases');

-- One row for each match of a watch list that has a case: the second of two runs at once finds it taken.
create table monitor_matches (
  tenant_id integer not null,
  monitor text not null,
  fingerprint bytea not null,
  case_number bigint,
  at timestamptz not null default now(),
  primary key (tenant_id, monitor, fingerprint)
);
call casework_wall('monitor_matches', 'select, insert, update');
