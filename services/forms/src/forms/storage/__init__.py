"""Tables and queries of the forms database."""
