-- Whether the requester was taken away on purpose: then nobody else is shown in that place (DOMAIN §3).
alter table cases add column requester_cleared boolean not null default false;
