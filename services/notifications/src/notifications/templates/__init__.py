"""How mails are laid out: the phrases they share, one layout in text and HTML."""
