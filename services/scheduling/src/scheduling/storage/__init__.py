"""Tables and queries of the scheduling database."""
