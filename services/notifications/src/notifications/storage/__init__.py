"""The tables of the notifications database, and the queries on them."""
