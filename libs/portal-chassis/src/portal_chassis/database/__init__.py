"""A service's database: transactions, recurring tables and columns, migrations, seals, leases."""
