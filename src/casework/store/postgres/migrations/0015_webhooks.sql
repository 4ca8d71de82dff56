-- Who is told of events, and where (spec/peach §12).
create table webhooks (
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
  url text,
  events text[] not null default '{}',
  primary key (tenant_id, number)
);
create unique index webhooks_uid on webhooks (tenant_id, uid);
create unique index webhooks_key on webhooks (tenant_id, key) where key is not null;
call casework_wall('webhooks');
