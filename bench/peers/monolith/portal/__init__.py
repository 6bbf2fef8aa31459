"""A client portal as one Django project: what a team would write instead of services."""
