"""What reaches out of the service: calendars of others are fetched, and read in a child."""
