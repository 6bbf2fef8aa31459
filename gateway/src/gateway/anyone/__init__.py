"""Pages that are nobody's: files, colours, the theme, health, and the mails of a try-out."""
