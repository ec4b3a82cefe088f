"""`make histories`: record every kept life anew; arguments choose some, as `-k plain`."""

import sys
from pathlib import Path

import pytest

sys.exit(pytest.main(["-q", str(Path(__file__).with_name("recording.py")), *sys.argv[1:]]))
