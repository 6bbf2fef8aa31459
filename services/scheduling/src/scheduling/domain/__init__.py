"""What an appointment, a session and a booked time are: values and rules, no I/O."""
