"""Pages for trying things out on one machine; never served in real use."""
