"""Who is who: tenants, users, credentials, sign-ins."""
