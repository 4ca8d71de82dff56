-- What is being taken out of the catalogue cannot get into use at the same moment (docs/decisions/0011).
alter table services add column teams bigint[] not null default '{}';

-- Cases name nouns without a foreign key. Whoever writes such a name into a case holds the tenant's reference lock
-- shared, which costs no write and lets all writers of cases pass; whoever removes a noun holds it alone, and so sees
-- every case that names it. A volatile function reads anew after it got the lock.
create function casework_check_references() returns trigger
language plpgsql volatile
as $$
declare
  gone text;
begin
  perform pg_advisory_xact_lock_shared(1129530195, new.tenant_id);
  select name into gone from (
    select 'priority' as name from priorities
      where tenant_id = new.tenant_id and number = new.priority and deleted_at is not null
    union all select 'status' from statuses
      where tenant_id = new.tenant_id and number = new.status and deleted_at is not null
    union all select 'source' from sources
      where tenant_id = new.tenant_id and number = new.source and deleted_at is not null
    union all select 'service' from services
      where tenant_id = new.tenant_id and number = new.service and deleted_at is not null
    union all select 'sla' from slas
      where tenant_id = new.tenant_id and number = new.sla and deleted_at is not null
    union all select 'sla_condition' from sla_conditions
      where tenant_id = new.tenant_id and number = new.sla_condition and deleted_at is not null
    union all select 'close_reason_group' from close_reason_groups
      where tenant_id = new.tenant_id and number = new.close_reason_group and deleted_at is not null
    union all select 'close_reason' from close_reasons
      where tenant_id = new.tenant_id and number = new.close_reason and deleted_at is not null
    union all select 'team' from teams
      where tenant_id = new.tenant_id and number = new.team and deleted_at is not null
    union all select 'requester' from persons
      where tenant_id = new.tenant_id and number in (new.requester, new.impacted) and deleted_at is not null
  ) named
  where tg_op = 'INSERT' or named.name = any(array_remove(array[
    case when new.priority is distinct from old.priority then 'priority' end,
    case when new.status is distinct from old.status then 'status' end,
    case when new.source is distinct from old.source then 'source' end,
    case when new.service is distinct from old.service then 'service' end,
    case when new.sla is distinct from old.sla then 'sla' end,
    case when new.sla_condition is distinct from old.sla_condition then 'sla_condition' end,
    case when new.close_reason_group is distinct from old.close_reason_group then 'close_reason_group' end,
    case when new.close_reason is distinct from old.close_reason then 'close_reason' end,
    case when new.team is distinct from old.team then 'team' end,
    case when (new.requester, new.impacted) is distinct from (old.requester, old.impacted) then 'requester' end
  ], null))
  limit 1;
  if gone is not null then
    raise exception using errcode = 'CW001', message = gone;
  end if;
  return null;
end $$;

create trigger cases_references_new after insert on cases
for each row execute function casework_check_references();
create trigger cases_references_changed after update on cases
for each row
when (
  (new.priority, new.status, new.source, new.service, new.sla, new.sla_condition, new.close_reason_group,
   new.close_reason, new.team, new.requester, new.impacted)
  is distinct from
  (old.priority, old.status, old.source, old.service, old.sla, old.sla_condition, old.close_reason_group,
   old.close_reason, old.team, old.requester, old.impacted)
)
execute function casework_check_references();
