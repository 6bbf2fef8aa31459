"""How mails are worded and laid out: words per kind, one layout in text and HTML."""
