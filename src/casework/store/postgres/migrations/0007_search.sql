-- Search text. Weights keep the audiences apart: A subject, B public text, C internal text.
create table case_search (
  tenant_id integer not null,
  case_number bigint not null,
  title text not null,
  words tsvector not null,
  primary key (tenant_id, case_number)
) with (autovacuum_vacuum_scale_factor = 0.02);
create index case_search_title on case_search using gin (tenant_id, title gin_trgm_ops);
create index case_search_words on case_search using gin (tenant_id, words);
call casework_wall('case_search', 'select, insert, update, delete');

-- Search text with one more text in it. PostgreSQL refuses a tsvector of more than a megabyte: what does not fit is not
-- searched, and stops nobody from writing.
create function casework_words(known tsvector, addition text, weight "char") returns tsvector
language plpgsql immutable
as $$
begin
  return known || setweight(to_tsvector('simple', addition), weight);
exception when program_limit_exceeded then
  return known;
end $$;

-- Row-level security keeps operators such as @@ and like out of index conditions, because they are not leakproof.
-- These two functions look the index up as the system role and keep the wall themselves.
create function casework_hits(pattern text, query tsquery, most bigint) returns table (case_number bigint)
language sql stable rows 100 security definer set search_path from current
as $$
  select s.case_number from case_search s
  where s.tenant_id = casework_tenant() and (s.title like pattern or s.words @@ query)
  limit most
$$;

-- The planner's guess at how many hits there are: under a millisecond, whatever the answer.
create function casework_hits_estimate(pattern text, query tsquery) returns bigint
language plpgsql volatile security definer set search_path from current
as $$
declare plan json;
begin
  execute format(
    'explain (format json) select from case_search where tenant_id = %s and (title like %L or words @@ %L::tsquery)',
    casework_tenant(), pattern, query) into plan;
  return (plan -> 0 -> 'Plan' ->> 'Plan Rows')::numeric::bigint;
end $$;

do $$
begin
  execute format('grant create on schema %I to casework_system', current_schema());
  alter function casework_hits owner to casework_system;
  alter function casework_hits_estimate owner to casework_system;
  execute format('revoke create on schema %I from casework_system', current_schema());
end $$;
revoke all on function casework_hits, casework_hits_estimate from public;
grant execute on function casework_hits, casework_hits_estimate to casework_app, casework_system;

-- Statistics for the planner, after many rows have come at once; autovacuum would do it a minute later.
create function casework_analyze() returns void
language plpgsql volatile security definer set search_path from current
as $$
begin
  analyze cases, case_search, involvements, comments, files, links, events, users, persons;
end $$;
revoke all on function casework_analyze from public;
grant execute on function casework_analyze to casework_system;
