"""What the stories have in common: a screen, a home and a data folder of their own, and words for what they look at."""

import hashlib
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import unittest

from window import Screen, Window, find

CLI = os.environ.get("TESSERA", "")
BUNDLED = pathlib.Path(__file__).resolve().parents[2] / "resources" / "models" / "tessera-small"
PROMPT = "a large red ball bounces in front of a blue wall"
ENDED = ("done", "failed", "cancelled")


class Story(unittest.TestCase):
    """A test with a screen, an empty home and an empty data folder: the bundled model is the only one."""

    size = (1600, 1000)

    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="tessera-story-"))
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        self.data = self.root / "data"
        (self.data / "models").mkdir(parents=True)
        self.screen = Screen(*self.size)
        self.addCleanup(self.screen.close)

    def settle(self, more="", **fields):
        """The settings of somebody who has seen the welcome and left these fields behind."""
        draft = {"prompt": PROMPT, "size": "192x128", "steps": 4, "seed": "7", "seed_locked": True, **fields}
        text = json.dumps(draft).replace("\\", "\\\\").replace('"', '\\"')
        (self.data / "settings.ini").write_text(f'[welcome]\nseen=true\n[draft]\ngenerate="{text}"\n{more}')

    def open(self, *words, **environment):
        window = Window(self.screen, self.root, "--data-dir", self.data, *words, environment=environment)
        self.addCleanup(window.close)
        return window

    def open_ready(self, *words, **environment):
        """Opened, and the engine has said what the fields would cost."""
        window = self.open(*words, **environment)
        self.wait_for_answer(window)
        return window

    def pass_welcome(self, window):
        """Next, three times, by the keyboard."""
        window.wait("the welcome", lambda state: find(state, "welcome.next"))
        for page in ["2 of 3", "3 of 3"]:
            window.key("Return")
            window.wait(page, lambda state: text_of(state, "welcome.place") == page)
        window.key("Return")
        window.wait("the end of the welcome", lambda state: not find(state, "welcome.next"))

    def wait_for_answer(self, window):
        return window.wait("an estimate", lambda state: state["engine_ready"] and not generate(state)["estimating"]
                           and "estimate" in generate(state), timeout=60)

    def make(self, window, timeout=90):
        """One clip of the fields as they stand; its path."""
        before = len(window.state()["queue"])
        window.key("ctrl+Return")
        state = self.wait_for_end(window, jobs=before + 1, timeout=timeout)
        row = newest(state)
        self.assertEqual(row["state"], "done", row)
        return pathlib.Path(row["path"])

    def wait_for_end(self, window, jobs=1, timeout=90):
        return window.wait("the jobs' end", lambda state: len(state["queue"]) >= jobs and
                           all(row["state"] in ENDED for row in state["queue"]), timeout)

    def wait_for_step(self, window, step, timeout=60):
        return window.wait(f"step {step}", lambda state: generate(state)["run"] == "running" and
                           generate(state).get("denoise_step", 0) >= step, timeout)

    def cli(self, *words, code=0):
        done = subprocess.run([CLI, *map(str, words)], capture_output=True, stdin=subprocess.DEVNULL,
                              env=dict(os.environ, HOME=str(self.root), XDG_DATA_HOME=str(self.root / "share")))
        self.assertEqual(done.returncode, code, done.stderr.decode())
        return done.stdout.decode()

    def info(self, clip):
        return json.loads(self.cli("info", clip, "--json"))

    def library_recipe(self, clip):
        """What the library keeps of that clip."""
        with sqlite3.connect(f"file:{self.data / 'library.sqlite'}?mode=ro", uri=True) as library:
            row = library.execute("SELECT recipe FROM clip WHERE path=?", [str(clip)]).fetchone()
        self.assertIsNotNone(row, f"the library does not know {clip}")
        return json.loads(row[0])

    def clips(self):
        """Every file of the clips' folder, temporary ones as well."""
        return sorted(p for p in (self.data / "clips").rglob("*") if p.is_file())


def generate(state):
    """The Generate workspace's own account of itself."""
    return state["workspaces"]["generate"]


def newest(state):
    """The job that ended last: ended rows stand behind the waiting ones, newest first."""
    return next(row for row in state["queue"] if row["state"] in ENDED)


def text_of(state, name):
    found = find(state, name)
    return found.get("text", "") if found else ""


def pictures_hash(clip):
    """The coded pictures of an MP4, without what is said about them: equal when every frame is."""
    data = pathlib.Path(clip).read_bytes()
    digest = hashlib.sha256()
    at = 0
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at:at + 4], "big"), data[at + 4:at + 8]
        header = 8
        if size == 1:
            size, header = int.from_bytes(data[at + 8:at + 16], "big"), 16
        size = size or len(data) - at
        if kind == b"mdat":
            digest.update(data[at + header:at + size])
        at += size
    return digest.hexdigest()
