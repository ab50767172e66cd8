"""Runs the command line program in a folder of its own. Used by the tests beside it."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

REAL = os.environ.get("TESSERA", "")
FAKE = os.environ.get("TESSERA_FAKE", "")
HAS_CODEC = os.environ.get("TESSERA_CODEC", "none") != "none"
CLIP_SUFFIX = ".mp4" if HAS_CODEC else ".npy"
VERBS = ["generate", "queue", "train", "eval", "world", "info", "models", "bench", "doctor"]


class Case(unittest.TestCase):
    """A test with an empty current folder and a data folder outside the user's own."""

    program = FAKE

    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="tessera-cli-"))
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        self.folder = self.root / "here"
        self.folder.mkdir()
        self.environment = dict(os.environ, XDG_DATA_HOME=str(self.root / "share"))
        self.data = self.root / "share" / "tessera"

    def start(self, *words, **options):
        return subprocess.Popen([self.program, *words], cwd=self.folder, env=self.environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def run_words(self, *words, environment=None, timeout=120):
        done = subprocess.run([self.program, *words], cwd=self.folder, env=environment or self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout)
        done.out = done.stdout.decode()
        done.err = done.stderr.decode()
        return done

    def expect(self, code, *words, **options):
        """Runs and checks the exit code."""
        done = self.run_words(*words, **options)
        self.assertEqual(done.returncode, code, f"tessera {words}\n{done.out}\n{done.err}")
        return done

    def expect_json(self, code, *words, **options):
        """The same with --json: standard output is one object and nothing else."""
        done = self.expect(code, *words, "--json", **options)
        self.assertEqual(done.out[:1], "{", done.out)
        value = json.loads(done.out)
        self.assertIsInstance(value, dict)
        return value

    def files(self):
        """All files below the current folder, as text."""
        return sorted(str(p.relative_to(self.folder)) for p in self.folder.rglob("*") if not p.is_dir())


def main():
    unittest.main()
