"""The JSON API ``/api/v1``: a table of operations over the services' own contracts."""
