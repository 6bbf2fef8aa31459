"""forms: what the practice asks its clients."""
