"""A practitioner's own settings: devices and API tokens."""
