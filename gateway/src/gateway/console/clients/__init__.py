"""Clients in the console: the list, one client, their links, and acts that ask to be confirmed."""
