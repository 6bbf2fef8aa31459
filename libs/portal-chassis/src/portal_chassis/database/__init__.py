"""A service's database: transactions, cursors, leases, sealed columns, migrations."""
