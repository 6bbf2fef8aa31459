"""The test kit: real PostgreSQL, RabbitMQ and SMTP, services as processes, and patience.

`tests.kit.servers` and `tests.kit.portal.fixtures` are the pytest plugins that the root
conftest names. Nothing of the product imports any of it.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The repository."""
