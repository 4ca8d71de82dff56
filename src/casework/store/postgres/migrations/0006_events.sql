-- Append-only history, one feed for all, one hash chain a subject.
create sequence feed;
grant usage, select on sequence feed to casework_app, casework_system;

-- The next place in the feed. The transaction id is taken first: whoever holds a smaller place is then known to be
-- running to everybody who looks at the running transactions afterwards (docs/decisions/0005).
create function casework_next_seq() returns bigint
language plpgsql volatile
as $$
begin
  perform pg_current_xact_id();
  return nextval('feed');
end $$;

create table events (
  tenant_id integer not null,
  seq bigint not null default casework_next_seq(),
  subject_kind text not null,
  subject bigint not null,
  uid uuid not null,
  version integer not null,
  n smallint not null,
  at timestamptz not null,
  actor bigint not null,
  on_behalf_of bigint,
  via text not null,
  kind text not null,
  data json not null,
  text_digest bytea,
  hash bytea not null,
  primary key (tenant_id, seq)
);
create unique index events_subject on events (tenant_id, subject_kind, subject, version, n);
call casework_wall('events', 'select, insert');

-- Personal texts of events: erasing one leaves its salted digest in the chain.
create table event_texts (
  tenant_id integer not null,
  uid uuid not null,
  n smallint not null,
  version integer not null,
  salt bytea,
  texts json,
  erased_at timestamptz,
  primary key (tenant_id, uid, version, n)
);
call casework_wall('event_texts', 'select, insert, update');

-- How far the feed is settled: `place` is the highest place taken, and every transaction that may hold a smaller one
-- has an id below `bound`. Two statements in this order: the id is taken after the place was read. (The xmax of a
-- snapshot would not do: it lies one past the highest *completed* id, and running transactions lie above that.)
create function casework_feed_mark(out place bigint, out bound xid8)
language plpgsql volatile
as $$
begin
  select case when is_called then last_value else 0 end into place from feed;
  select pg_current_xact_id() into bound;
end $$;

-- Heads of the chains of nouns; a case carries its own.
create table chains (
  tenant_id integer not null,
  subject_kind text not null,
  subject bigint not null,
  version integer not null,
  hash bytea not null,
  primary key (tenant_id, subject_kind, subject)
);
call casework_wall('chains', 'select, insert, update');

-- What `casework apply` wrote last, so that it only carries on what the file changed.
create table applied (
  tenant_id integer not null,
  kind text not null,
  key text not null,
  number bigint not null,
  members jsonb not null,
  primary key (tenant_id, kind, key)
);
call casework_wall('applied', 'select, insert, update');
