"""Use cases: one function each, called with a transaction and the present instant."""
