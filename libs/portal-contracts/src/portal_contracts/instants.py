"""Points in time as contracts carry them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

Instant = Annotated[datetime, Meta(tz=True)]
"""An aware instant, UTC by convention; decoding refuses one without an offset."""
