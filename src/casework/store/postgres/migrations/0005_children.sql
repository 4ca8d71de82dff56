-- What hangs on a case. Every child has the same first ten columns (domain/case.py).
create table comments (
  tenant_id integer not null,
  number bigint not null,
  uid uuid not null,
  case_number bigint not null,
  created_at timestamptz not null,
  created_by bigint not null,
  updated_at timestamptz,
  updated_by bigint,
  revision integer not null default 0,
  deleted_at timestamptz,
  text text not null,
  audience text not null,
  extra jsonb not null default '{}',
  primary key (tenant_id, number)
);
create unique index comments_uid on comments (tenant_id, uid);
create index comments_case on comments (tenant_id, case_number, number) where deleted_at is null;
call casework_wall('comments');

create table files (
  tenant_id integer not null,
  number bigint not null,
  uid uuid not null,
  case_number bigint not null,
  created_at timestamptz not null,
  created_by bigint not null,
  updated_at timestamptz,
  updated_by bigint,
  revision integer not null default 0,
  deleted_at timestamptz,
  name text not null,
  content_type text,
  size bigint not null,
  digest text not null,
  audience text not null,
  extra jsonb not null default '{}',
  primary key (tenant_id, number)
);
create unique index files_uid on files (tenant_id, uid);
create index files_case on files (tenant_id, case_number, number) where deleted_at is null;
create index files_digest on files (digest);
call casework_wall('files');

create table links (
  tenant_id integer not null,
  number bigint not null,
  uid uuid not null,
  case_number bigint not null,
  created_at timestamptz not null,
  created_by bigint not null,
  updated_at timestamptz,
  updated_by bigint,
  revision integer not null default 0,
  deleted_at timestamptz,
  name text not null default '',
  url text,
  extra jsonb not null default '{}',
  primary key (tenant_id, number)
);
create unique index links_uid on links (tenant_id, uid);
create index links_case on links (tenant_id, case_number, number) where deleted_at is null;
call casework_wall('links');

create table relations (
  tenant_id integer not null,
  number bigint not null,
  uid uuid not null,
  case_number bigint not null,
  created_at timestamptz not null,
  created_by bigint not null,
  updated_at timestamptz,
  updated_by bigint,
  revision integer not null default 0,
  deleted_at timestamptz,
  other bigint not null,
  type text not null,
  forward boolean not null default true,
  backward boolean not null default false,
  extra jsonb not null default '{}',
  primary key (tenant_id, number)
);
create unique index relations_uid on relations (tenant_id, uid);
create index relations_case on relations (tenant_id, case_number, number) where deleted_at is null;
create index relations_other on relations (tenant_id, other) where deleted_at is null;
create unique index relations_pair on relations (tenant_id, least(case_number, other), greatest(case_number, other), type)
  where deleted_at is null;
call casework_wall('relations');

create table associations (
  tenant_id integer not null,
  number bigint not null,
  uid uuid not null,
  case_number bigint not null,
  created_at timestamptz not null,
  created_by bigint not null,
  updated_at timestamptz,
  updated_by bigint,
  revision integer not null default 0,
  deleted_at timestamptz,
  object bigint not null,
  relation text not null default 'related',
  extra jsonb not null default '{}',
  primary key (tenant_id, number)
);
create unique index associations_uid on associations (tenant_id, uid);
create index associations_case on associations (tenant_id, case_number, number) where deleted_at is null;
create index associations_object on associations (tenant_id, object) where deleted_at is null;
call casework_wall('associations');

create table escalations (
  tenant_id integer not null,
  number bigint not null,
  uid uuid not null,
  case_number bigint not null,
  created_at timestamptz not null,
  created_by bigint not null,
  updated_at timestamptz,
  updated_by bigint,
  revision integer not null default 0,
  deleted_at timestamptz,
  team bigint,
  "user" bigint,
  note text not null default '',
  urgent boolean not null default false,
  ended_at timestamptz,
  extra jsonb not null default '{}',
  primary key (tenant_id, number)
);
create unique index escalations_uid on escalations (tenant_id, uid);
create index escalations_case on escalations (tenant_id, case_number, number) where deleted_at is null;
create unique index escalations_active on escalations (tenant_id, case_number) where ended_at is null and deleted_at is null;
call casework_wall('escalations');
