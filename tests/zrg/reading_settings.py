"""The settings as another environment would have them: the file is run anew, beside the settings of the test run."""

from __future__ import annotations

import os
import runpy
from typing import Any
from unittest import mock

from tests.product import ROOT


def settings_of(**environment: str) -> dict[str, Any]:
    """Every setting by its name, with nothing else in the environment. Raises ImproperlyConfigured as a start does."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with mock.patch.dict(os.environ, kept | environment, clear=True):
        return runpy.run_path(str(ROOT / "zrg" / "settings.py"))
