"""What a team would take instead of the portal: each in an environment of its own."""
