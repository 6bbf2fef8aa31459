"""The console, which is what a practitioner sees: sign-in, today, and a room for each subject."""
