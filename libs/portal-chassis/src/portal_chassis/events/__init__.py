"""Events: out of a transaction by the outbox, and into one by the inbox, each once."""
