-- The case: a cache of its events (domain/case.py has the same members in the same order).
-- No foreign keys: referenced nouns are only ever soft-deleted, and a key-share lock on a popular priority
-- would be taken by every writer (docs/decisions/0004).
create table cases (
  tenant_id integer not null,
  number bigint not null,
  uid uuid not null,
  external_id text,
  subject text not null default '',
  description text not null default '',
  solution text not null default '',
  contact_info text not null default '',
  type bigint,
  category text,
  service bigint,
  source bigint,
  priority bigint,
  rank smallint not null default 3,
  stage text not null default 'new',
  status bigint,
  requester bigint,
  impacted bigint,
  organization bigint,
  contacts bigint[] not null default '{}',
  borrowers bigint[] not null default '{}',
  owner bigint,
  assignees bigint[] not null default '{}',
  team bigint,
  teams bigint[] not null default '{}',
  department bigint,
  watchers bigint[] not null default '{}',
  acl jsonb not null default '{}',
  close_reason_group bigint,
  close_reason bigint,
  close_note text not null default '',
  resolution text not null default '',
  outcome text,
  rating smallint,
  rating_comment text not null default '',
  reopened boolean not null default false,
  reopened_at timestamptz,
  opened_at timestamptz,
  reacted_at timestamptz,
  resolved_at timestamptz,
  closed_on timestamptz,
  last_closed_at timestamptz,
  due_at timestamptz,
  sla bigint,
  sla_condition bigint,
  planned_reaction_at timestamptz,
  planned_resolve_at timestamptz,
  snoozed_at timestamptz,
  snoozed_until date,
  escalation bigint,
  escalated_at timestamptz,
  escalated_team bigint,
  escalated_user bigint,
  escalation_urgent boolean not null default false,
  fields jsonb not null default '{}',
  extra jsonb not null default '{}',
  merged_into bigint,
  deleted_at timestamptz,
  created_at timestamptz not null,
  created_by bigint not null,
  created_via text not null,
  version integer not null,
  touched_at timestamptz not null,
  touched_by bigint not null,
  revision integer not null,
  updated_at timestamptz not null,
  updated_by bigint not null,
  status_at timestamptz not null,
  status_by bigint not null,
  outcome_at timestamptz,
  outcome_by bigint,
  hash bytea not null,
  primary key (tenant_id, number)
) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);

create unique index cases_uid on cases (tenant_id, uid);
create unique index cases_external_id on cases (tenant_id, external_id) where deleted_at is null and external_id is not null;
create index cases_touched on cases (tenant_id, touched_at desc, number desc) where deleted_at is null;
create index cases_stage_touched on cases (tenant_id, stage, touched_at desc, number desc) where deleted_at is null;
create index cases_created on cases (tenant_id, created_at desc, number desc) where deleted_at is null;
create index cases_rank on cases (tenant_id, rank, number) where deleted_at is null;
create index cases_subject on cases (tenant_id, (lower(left(subject, 200)) collate "C"), number) where deleted_at is null;
-- working views: the open set is small, whatever has been closed
create index cases_open_owner on cases (tenant_id, owner, touched_at desc, number desc)
  where deleted_at is null and stage in ('new', 'open', 'waiting', 'proposed');
create index cases_open_team on cases (tenant_id, team, touched_at desc, number desc)
  where deleted_at is null and stage in ('new', 'open', 'waiting', 'proposed');
create index cases_category on cases (tenant_id, category, created_at desc, number desc) where deleted_at is null;
create index cases_organization on cases (tenant_id, organization, created_at desc) where organization is not null;
create index cases_requester on cases (tenant_id, requester, number) where requester is not null;
call casework_wall('cases');

-- Whom a case concerns: the rows behind the reaches "own" and "granted" and behind watching.
create table involvements (
  tenant_id integer not null,
  subject bigint not null,
  case_number bigint not null,
  how text not null,
  primary key (tenant_id, subject, case_number, how)
);
create index involvements_case on involvements (tenant_id, case_number);
call casework_wall('involvements', 'select, insert, delete');

-- Last views, beside the case: viewing is no change.
create table views (
  tenant_id integer not null,
  case_number bigint not null,
  viewed_at timestamptz not null,
  viewed_by bigint not null,
  primary key (tenant_id, case_number)
);
call casework_wall('views');

-- Totals per stage and department (0: none): every writer adds a row, the roll-up job folds them (docs/decisions/0006).
create table case_counts (
  tenant_id integer not null,
  stage text not null,
  department bigint not null default 0,
  n bigint not null,
  primary key (tenant_id, stage, department)
);
call casework_wall('case_counts', 'select');
create table case_count_deltas (
  id bigint generated always as identity,
  tenant_id integer not null,
  stage text not null,
  department bigint not null default 0,
  delta smallint not null,
  primary key (tenant_id, id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
call casework_wall('case_count_deltas', 'select, insert');
