"""What every request passes through, whoever's page it asks for: HTTP, cookies, sign-in, errors."""
