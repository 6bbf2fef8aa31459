"""What is kept outside the database: the ledger of erased clients."""
