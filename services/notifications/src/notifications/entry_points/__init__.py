"""The RPC methods of the service, by subject: who may, what it runs in, one operation."""
