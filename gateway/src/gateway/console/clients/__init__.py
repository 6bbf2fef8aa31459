"""Clients in the console: the list, one of them, her links, and acts that ask first."""
