"""Who may act on what, and what the access log is told of it: the same in every service."""
