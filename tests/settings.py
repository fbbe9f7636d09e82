"""The service's settings under test. Read before any test: pytest loads settings first of all."""

from __future__ import annotations

import os

os.environ.setdefault("CHANOT_TEST_DATABASE", "test_chanot")

from config.settings import *  # noqa: F403 the environment decides what they become
