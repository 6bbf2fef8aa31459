"""What the gateway's tests need: the services in memory, and a browser of their own."""
