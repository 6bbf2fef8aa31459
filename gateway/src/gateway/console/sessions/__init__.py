"""Past sessions in the console: how they went, summaries, private notes."""
