"""What carries a request from its first byte to its last; whose page it is does not matter here."""
