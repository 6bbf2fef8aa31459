"""Values and rules of deliveries and mails: no clock, no input or output, no randomness."""
