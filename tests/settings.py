"""The product's settings on a database of the tests' own: a real SQLite file, or DATABASE_URL."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix="shardlight-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["SHARDLIGHT_DATA"] = _folder
os.environ.setdefault("SHARDLIGHT_MAPPING_DELAY", "0")

from console.settings import *  # noqa: E402, F403
from console.settings import DATABASES  # noqa: E402

if DATABASES["default"]["ENGINE"] == "console.sqlite":
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(_folder, "test.sqlite3")}
