"""The base of each service's admin script."""
