"""What a practitioner sees: sign-in, clients, links, mails, settings."""
