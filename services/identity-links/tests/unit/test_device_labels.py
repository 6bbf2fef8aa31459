"""What a device is called in a list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_links.domain.device_labels import UNKNOWN_DEVICE, device_label

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
GECKO = "Gecko/20100101 Firefox/133.0"


@pytest.mark.parametrize(
    ("label", "user_agent"),
    [
        ("Firefox on Android", f"Mozilla/5.0 (Android 14; Mobile; rv:133.0) {GECKO}"),
        ("Firefox on Linux", f"Mozilla/5.0 (X11; Linux x86_64; rv:133.0) {GECKO}"),
        ("Chrome on Windows", f"{WINDOWS} {CHROME}"),
        ("Edge on Windows", f"{WINDOWS} {CHROME} Edg/142.0.0.0"),
        ("Opera on Windows", f"{WINDOWS} {CHROME} OPR/120.0"),
        ("Safari on iPhone", f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1) {WEBKIT} Safari/604.1"),
        ("Chrome on iPad", f"Mozilla/5.0 (iPad; CPU OS 17_0) {WEBKIT} CriOS/142.0 Safari/604.1"),
        ("Safari on Mac", f"Mozilla/5.0 (Macintosh; Intel Mac OS X) {WEBKIT} Safari/605.1.15"),
        ("Chrome on ChromeOS", f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME}"),
        (
            "Samsung Internet on Android",
            f"Mozilla/5.0 (Linux; Android 14) SamsungBrowser/27.0 {CHROME}",
        ),
        ("Windows", "Mozilla/5.0 (Windows NT 10.0)"),
        (UNKNOWN_DEVICE, "curl/8.0"),
        (UNKNOWN_DEVICE, ""),
    ],
)
def test_a_device_is_named_by_browser_and_platform(label, user_agent):
    assert device_label(user_agent) == label


@given(user_agent=st.text(max_size=300))
def test_a_label_never_repeats_what_a_browser_says(user_agent):
    assert "<" not in device_label(f"<script>{user_agent}")
