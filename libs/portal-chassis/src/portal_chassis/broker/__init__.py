"""The broker as connections, queues and bytes: what calls and events have in common."""
