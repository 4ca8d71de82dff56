-- Which versions of SLA, condition and calendar count for a case, and the holidays copied into a calendar.
alter table cases add column sla_versions bigint[] not null default '{}';
alter table calendars add column days jsonb not null default '[]';
