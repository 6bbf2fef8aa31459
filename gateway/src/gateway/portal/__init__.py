"""What a client sees: entering by a link, and her portal."""
