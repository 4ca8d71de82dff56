-- People, teams, departments, credentials. Every noun has the same first twelve columns (domain/nouns.py).
create table departments (
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
  shared_with jsonb not null default '{}',
  primary key (tenant_id, number)
);
create unique index departments_uid on departments (tenant_id, uid);
create unique index departments_key on departments (tenant_id, key) where key is not null;
call casework_wall('departments');

create table users (
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
  kind text not null default 'agent',
  email text,
  realm text not null default 'IBMid',
  login bigint,
  roles text[] not null default '{}',
  permissions text[] not null default '{}',
  denied text[] not null default '{}',
  department bigint,
  foreign_departments bigint[] not null default '{}',
  licenses text[] not null default '{}',
  disabled boolean not null default false,
  person bigint,
  pull_from bigint[] not null default '{}',
  transfer_to bigint[] not null default '{}',
  primary key (tenant_id, number)
);
create unique index users_uid on users (tenant_id, uid);
create unique index users_key on users (tenant_id, key) where key is not null;
create index users_email on users (tenant_id, lower(email));
create index users_login on users (login);
call casework_wall('users');

create table roles (
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
  permissions text[] not null default '{}',
  read text not null default 'tenant',
  write text not null default 'tenant',
  built_in boolean not null default false,
  primary key (tenant_id, number)
);
create unique index roles_uid on roles (tenant_id, uid);
create unique index roles_key on roles (tenant_id, key) where key is not null;
call casework_wall('roles');

create table keys (
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
  prefix text not null,
  digest bytea not null unique,
  "user" bigint not null,
  client boolean not null default false,
  scopes text[] not null default '{}',
  expires_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, number)
);
create unique index keys_uid on keys (tenant_id, uid);
create unique index keys_key on keys (tenant_id, key) where key is not null;
call casework_wall('keys');

create table teams (
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
  kind text not null default 'static',
  members bigint[] not null default '{}',
  conditions jsonb not null default '[]',
  default_team bigint,
  primary key (tenant_id, number)
);
create unique index teams_uid on teams (tenant_id, uid);
create unique index teams_key on teams (tenant_id, key) where key is not null;
call casework_wall('teams');

create table persons (
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
  first_name text not null default '',
  last_name text not null default '',
  email text,
  external_id text,
  borrower boolean not null default false,
  "user" bigint,
  organization bigint,
  primary key (tenant_id, number)
);
create unique index persons_uid on persons (tenant_id, uid);
create unique index persons_key on persons (tenant_id, key) where key is not null;
create unique index persons_external_id on persons (tenant_id, external_id) where deleted_at is null and external_id is not null;
create index persons_user on persons (tenant_id, "user");
create index persons_email on persons (tenant_id, lower(email));
call casework_wall('persons');

create table organizations (
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
  external_id text,
  primary key (tenant_id, number)
);
create unique index organizations_uid on organizations (tenant_id, uid);
create unique index organizations_key on organizations (tenant_id, key) where key is not null;
create unique index organizations_external_id on organizations (tenant_id, external_id) where deleted_at is null and external_id is not null;
call casework_wall('organizations');

create table objects (
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
  person bigint,
  external_id text,
  primary key (tenant_id, number)
);
create unique index objects_uid on objects (tenant_id, uid);
create unique index objects_key on objects (tenant_id, key) where key is not null;
create unique index objects_external_id on objects (tenant_id, kind, external_id) where deleted_at is null and external_id is not null;
call casework_wall('objects');
