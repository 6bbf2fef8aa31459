"""identity-links: who may enter the portal and the console, and who did what."""
