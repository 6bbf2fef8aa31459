"""The RPC methods of the service, by subject: decode, one operation, encode."""
