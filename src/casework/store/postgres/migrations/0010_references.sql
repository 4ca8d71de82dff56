-- What is being taken out of the catalogue cannot get into use at the same moment (docs/decisions/0012).
alter table services add column teams bigint[] not null default '{}';

-- Contacts are listed by the name that people see (store/lists/lookups.py).
create index persons_by_name on persons
  (tenant_id, (lower(coalesce(nullif(name, ''), trim(first_name || ' ' || last_name)))), number)
  where deleted_at is null;

-- Numbers of what was removed; all nouns of a tenant but cases share one number space.
create table removed (
  tenant_id integer not null,
  number bigint not null,
  primary key (tenant_id, number)
);
call casework_wall('removed', 'select, insert');

create function casework_note_removal() returns trigger
language plpgsql
as $$
begin
  insert into removed (tenant_id, number) values (new.tenant_id, new.number) on conflict do nothing;
  return null;
end $$;

do $$
declare
  noun text;
begin
  foreach noun in array array[
    'priorities', 'statuses', 'sources', 'services', 'slas', 'sla_conditions', 'close_reason_groups', 'close_reasons',
    'teams', 'persons'
  ] loop
    execute format('insert into removed select tenant_id, number from %I where deleted_at is not null', noun);
    execute format(
      'create trigger %1$s_removed after update of deleted_at on %1$I for each row'
      ' when (new.deleted_at is not null) execute function casework_note_removal()', noun
    );
  end loop;
end $$;

-- Cases name nouns without a foreign key. Whoever writes such a name into a case holds the tenant's reference lock
-- shared, which costs no write and lets all writers of cases pass; whoever removes a noun holds it alone, and so sees
-- every case that names it. A volatile function reads anew after it got the lock.
create function casework_check_references() returns trigger
language plpgsql volatile
as $$
declare
  fresh boolean := tg_op = 'INSERT';
  gone bigint;
begin
  perform pg_advisory_xact_lock_shared(1129530195, new.tenant_id);
  select number into gone from removed where tenant_id = new.tenant_id and number = any(array[
    case when fresh or new.priority is distinct from old.priority then new.priority end,
    case when fresh or new.status is distinct from old.status then new.status end,
    case when fresh or new.source is distinct from old.source then new.source end,
    case when fresh or new.service is distinct from old.service then new.service end,
    case when fresh or new.sla is distinct from old.sla then new.sla end,
    case when fresh or new.sla_condition is distinct from old.sla_condition then new.sla_condition end,
    case when fresh or new.close_reason_group is distinct from old.close_reason_group then new.close_reason_group end,
    case when fresh or new.close_reason is distinct from old.close_reason then new.close_reason end,
    case when fresh or new.team is distinct from old.team then new.team end,
    case when fresh or new.requester is distinct from old.requester then new.requester end,
    case when fresh or new.impacted is distinct from old.impacted then new.impacted end
  ]
    || case when fresh or new.teams is distinct from old.teams then new.teams end
    || case when fresh or new.contacts is distinct from old.contacts then new.contacts end
    || case when fresh or new.borrowers is distinct from old.borrowers then new.borrowers end
  ) limit 1;
  if gone is not null then
    raise exception using errcode = 'CW001', message = case
      when gone = new.priority then 'priority'
      when gone = new.status then 'status'
      when gone = new.source then 'source'
      when gone = new.service then 'service'
      when gone = new.sla then 'sla'
      when gone = new.sla_condition then 'sla_condition'
      when gone = new.close_reason_group then 'close_reason_group'
      when gone = new.close_reason then 'close_reason'
      when gone = new.team then 'team'
      when gone = new.requester then 'requester'
      when gone = new.impacted then 'impacted'
      when gone = any(new.teams) then 'teams'
      when gone = any(new.contacts) then 'contacts'
      else 'borrowers'
    end;
  end if;
  return null;
end $$;

create trigger cases_references_new after insert on cases
for each row execute function casework_check_references();
create trigger cases_references_changed after update on cases
for each row
when (
  (new.priority, new.status, new.source, new.service, new.sla, new.sla_condition, new.close_reason_group,
   new.close_reason, new.team, new.requester, new.impacted, new.teams, new.contacts, new.borrowers)
  is distinct from
  (old.priority, old.status, old.source, old.service, old.sla, old.sla_condition, old.close_reason_group,
   old.close_reason, old.team, old.requester, old.impacted, old.teams, old.contacts, old.borrowers)
)
execute function casework_check_references();
