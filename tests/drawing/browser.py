"""Chromium, where it is installed; where CNNCALC_CI is set, it must be."""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil

import pytest

FLAGS = ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--force-device-scale-factor=1", "--force-color-profile=srgb")
INSTALLED = bool(shutil.which("chromium") and shutil.which("chromedriver") and importlib.util.find_spec("selenium"))
REQUIRED = bool(os.environ.get("CNNCALC_CI"))

needs_browser = pytest.mark.skipif(not INSTALLED and not REQUIRED, reason="chromium, chromedriver or selenium is not installed")


@functools.cache
def chromium():
    """One browser for all tests of a process."""
    import atexit

    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in FLAGS:
        options.add_argument(flag)
    driver = webdriver.Chrome(options, Service(shutil.which("chromedriver")))
    atexit.register(driver.quit)
    return driver
