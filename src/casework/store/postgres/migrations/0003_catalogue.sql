-- The tenant's catalogue: labels, services, calendars, SLAs, types, fields.
create table priorities (
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
  rank smallint not null default 3,
  color text,
  description text not null default '',
  primary key (tenant_id, number)
);
create unique index priorities_uid on priorities (tenant_id, uid);
create unique index priorities_key on priorities (tenant_id, key) where key is not null;
call casework_wall('priorities');

create table status_sets (
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
  description text not null default '',
  primary key (tenant_id, number)
);
create unique index status_sets_uid on status_sets (tenant_id, uid);
create unique index status_sets_key on status_sets (tenant_id, key) where key is not null;
call casework_wall('status_sets');

create table statuses (
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
  status_set bigint not null,
  stage text not null,
  initial boolean not null default false,
  position smallint not null default 0,
  description text not null default '',
  primary key (tenant_id, number)
);
create unique index statuses_uid on statuses (tenant_id, uid);
create unique index statuses_key on statuses (tenant_id, key) where key is not null;
create index statuses_set on statuses (tenant_id, status_set);
call casework_wall('statuses');

create table sources (
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
  type text not null default 'API',
  description text not null default '',
  primary key (tenant_id, number)
);
create unique index sources_uid on sources (tenant_id, uid);
create unique index sources_key on sources (tenant_id, key) where key is not null;
call casework_wall('sources');

create table close_reason_groups (
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
  description text not null default '',
  primary key (tenant_id, number)
);
create unique index close_reason_groups_uid on close_reason_groups (tenant_id, uid);
create unique index close_reason_groups_key on close_reason_groups (tenant_id, key) where key is not null;
call casework_wall('close_reason_groups');

create table close_reasons (
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
  close_reason_group bigint not null,
  description text not null default '',
  primary key (tenant_id, number)
);
create unique index close_reasons_uid on close_reasons (tenant_id, uid);
create unique index close_reasons_key on close_reasons (tenant_id, key) where key is not null;
call casework_wall('close_reasons');

create table calendars (
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
  timezone text not null default 'UTC',
  hours jsonb not null default '[]',
  exceptions jsonb not null default '[]',
  holidays text,
  primary key (tenant_id, number)
);
create unique index calendars_uid on calendars (tenant_id, uid);
create unique index calendars_key on calendars (tenant_id, key) where key is not null;
call casework_wall('calendars');

create table slas (
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
  calendar bigint,
  reaction integer not null default 0,
  resolution integer not null default 0,
  pauses text[] not null default '{waiting}',
  valid_from date,
  valid_to date,
  description text not null default '',
  primary key (tenant_id, number)
);
create unique index slas_uid on slas (tenant_id, uid);
create unique index slas_key on slas (tenant_id, key) where key is not null;
call casework_wall('slas');

create table sla_conditions (
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
  sla bigint not null,
  priorities bigint[] not null default '{}',
  reaction integer not null default 0,
  resolution integer not null default 0,
  primary key (tenant_id, number)
);
create unique index sla_conditions_uid on sla_conditions (tenant_id, uid);
create unique index sla_conditions_key on sla_conditions (tenant_id, key) where key is not null;
call casework_wall('sla_conditions');

create table services (
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
  parent bigint,
  prefix text,
  code text,
  state boolean not null default true,
  description text not null default '',
  sla bigint,
  status_set bigint,
  close_reason_group bigint,
  default_priority bigint,
  team bigint,
  assignee bigint,
  primary key (tenant_id, number)
);
create unique index services_uid on services (tenant_id, uid);
create unique index services_key on services (tenant_id, key) where key is not null;
create index services_parent on services (tenant_id, parent);
call casework_wall('services');

create table case_types (
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
  base text not null default 'generic',
  type_version integer not null default 1,
  status text not null default 'active',
  derived_from bigint,
  fields jsonb not null default '[]',
  description text not null default '',
  primary key (tenant_id, number)
);
create unique index case_types_uid on case_types (tenant_id, uid);
create unique index case_types_key on case_types (tenant_id, key) where key is not null;
call casework_wall('case_types');

create table fields (
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
  title text not null default '',
  type text not null default 'string',
  many boolean not null default false,
  required boolean not null default false,
  "values" text[] not null default '{}',
  min double precision,
  max double precision,
  primary key (tenant_id, number)
);
create unique index fields_uid on fields (tenant_id, uid);
create unique index fields_key on fields (tenant_id, key) where key is not null;
call casework_wall('fields');
