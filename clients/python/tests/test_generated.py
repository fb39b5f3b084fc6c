"""The operations in granary.py are those of docs/openapi.json."""

import subprocess
import sys
import unittest
from pathlib import Path

GENERATE = Path(__file__).resolve().parents[1] / "generate.py"


class GeneratedTests(unittest.TestCase):
    def test_the_operations_are_those_of_the_document(self):
        done = subprocess.run([sys.executable, "-I", "-S", "-B", str(GENERATE), "--check"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
