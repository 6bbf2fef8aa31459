"""How a letter leaves: SMTP, a folder of files, or the console."""
