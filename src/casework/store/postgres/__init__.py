"""PostgreSQL as such: the embedded server, connections, migrations, statements."""
