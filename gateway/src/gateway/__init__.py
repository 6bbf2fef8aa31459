"""The gateway: every page a person sees, and nothing it would have to remember."""
