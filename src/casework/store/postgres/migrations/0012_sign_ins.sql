-- Sessions of people, and what OAuth hands out to be used once: authorization codes and refresh tokens. Only digests
-- of secrets are kept. Looked up by the system role, which does not know the tenant yet.
create table sessions (
  tenant_id integer not null,
  digest bytea not null,
  "user" bigint not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (tenant_id, digest)
);
create unique index sessions_digest on sessions (digest);
create index sessions_user on sessions (tenant_id, "user", created_at);
call casework_wall('sessions', 'select');

create table oauth_grants (
  tenant_id integer not null,
  digest bytea not null,
  kind text not null,
  "user" bigint not null,
  key bigint not null,
  scopes text[] not null default '{}',
  redirect_uri text not null default '',
  challenge text not null default '',
  expires_at timestamptz not null,
  primary key (tenant_id, digest)
);
create unique index oauth_grants_digest on oauth_grants (digest);
create index oauth_grants_expires on oauth_grants (expires_at);
call casework_wall('oauth_grants', 'select');
