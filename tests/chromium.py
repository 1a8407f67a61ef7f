"""Chromium for tests: one browser for all of them, driven through chromedriver."""

from __future__ import annotations

import atexit
import functools
import json
import os
import shutil

import pytest

FLAGS = ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb")


def needed(program: str) -> str:
    """The path of a program; without it the test is skipped, unless CNNCALC_PICTURES demands that all of them run."""
    found = shutil.which(program)
    if found is None:
        assert not os.environ.get("CNNCALC_PICTURES"), f"{program} is not installed"
        pytest.skip(f"{program} is not installed")
    return found


@functools.cache
def browser():
    """A running Chromium; the test is skipped where it or selenium is missing."""
    binary, driver = needed("chromium"), needed("chromedriver")
    if not os.environ.get("CNNCALC_PICTURES"):
        pytest.importorskip("selenium")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    found = webdriver.Chrome(options=options, service=Service(driver))
    atexit.register(found.quit)
    return found


def opened(file, width: int = 1280, height: int = 900, dark: bool = False, media: str = ""):
    """The browser with a file loaded, its logs empty but for that."""
    found = browser()
    found.get("about:blank")
    found.get_log("browser")
    found.get_log("performance")
    found.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    found.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": [scheme]})
    found.get(f"file://{file}")
    return found


def requests(found) -> list[str]:
    """The addresses that the page has asked for."""
    events = [json.loads(entry["message"])["message"] for entry in found.get_log("performance")]
    return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]


def console(found) -> list[str]:
    """What the console says."""
    return [entry["message"] for entry in found.get_log("browser")]


def blocked(found) -> int:
    """How many requests the page's Content-Security-Policy has stopped."""
    events = [json.loads(entry["message"])["message"] for entry in found.get_log("performance")]
    return sum(event["params"].get("blockedReason") == "csp" for event in events if event["method"] == "Network.loadingFailed")
