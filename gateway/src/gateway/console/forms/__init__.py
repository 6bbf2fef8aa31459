"""Forms in the console: templates, what was sent, what was answered."""
