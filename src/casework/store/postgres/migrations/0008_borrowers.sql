-- Whose cases they are: one row for each borrower of a case that is there. Lists of a borrower read it, and it keeps
-- the rule that a borrower has one active collection case, whatever door and whoever at the same time (DOMAIN §2).
create table case_borrowers (
  tenant_id integer not null,
  borrower bigint not null,
  case_number bigint not null,
  collecting boolean not null,
  primary key (tenant_id, borrower, case_number)
);
create unique index case_borrowers_collecting on case_borrowers (tenant_id, borrower) where collecting;
create index case_borrowers_case on case_borrowers (tenant_id, case_number);
call casework_wall('case_borrowers', 'select, insert, delete');

create function casework_keep_borrowers() returns trigger
language plpgsql
as $$
begin
  if tg_op = 'UPDATE' then
    delete from case_borrowers where tenant_id = new.tenant_id and case_number = new.number;
  end if;
  if new.deleted_at is null then
    insert into case_borrowers (tenant_id, borrower, case_number, collecting)
    select new.tenant_id, b.number, new.number,
      new.stage in ('new', 'open', 'waiting', 'proposed') and exists (
        select from case_types t
        where t.tenant_id = new.tenant_id and t.number = new.type and t.base = 'collection'
      )
    from (select distinct unnest(new.borrowers) as number) b;
  end if;
  return null;
end $$;
create trigger cases_borrowers_new after insert on cases
  for each row when (new.borrowers <> '{}')
  execute function casework_keep_borrowers();
create trigger cases_borrowers_changed after update of borrowers, type, stage, deleted_at on cases
  for each row when (new.borrowers <> '{}' or old.borrowers <> '{}')
  execute function casework_keep_borrowers();

create index cases_bound on cases (tenant_id, created_at desc, number desc)
  where deleted_at is null and borrowers <> '{}';
create index cases_escalated on cases (tenant_id, escalated_at desc, number desc)
  where deleted_at is null and escalated_at is not null;
