"""The test kit: real PostgreSQL, RabbitMQ and SMTP, services as processes, and patience.

`portal_chassis.testing.plugin` is the pytest plugin; it needs the extra
``testing`` (aiosmtpd, pytest).
"""
