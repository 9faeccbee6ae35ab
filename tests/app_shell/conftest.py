"""The kitchen application, once for all tests of the frame."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

sys.path.insert(0, str(Path(__file__).parent))

from kitchen import make_kitchen  # the folder has to be on the path first


@pytest.fixture(scope="session")
def kitchen() -> Flask:
    return make_kitchen()


@pytest.fixture
def page(kitchen: Flask) -> FlaskClient:
    return kitchen.test_client()
