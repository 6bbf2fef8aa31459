"""Tables, queries and locks of the identity-links database."""
