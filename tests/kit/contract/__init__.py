"""What holds the services in memory against the real ones: worlds, scenarios, transcripts."""
