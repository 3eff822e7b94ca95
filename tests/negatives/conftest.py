"""Movements to make negatives from."""

import pytest

from tests.helpers import gestures


@pytest.fixture(scope="session")
def X():
    return gestures(12)
