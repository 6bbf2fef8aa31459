"""The notifications service: it writes mails, sends them, and keeps the mail log."""
