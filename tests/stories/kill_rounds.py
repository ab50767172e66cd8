"""Kills the window at random moments, again and again, and checks that nothing is lost. Story 5 makes ten rounds;

    TESSERA_GUI=... TESSERA=... python3 kill_rounds.py [ROUNDS] [SEED]

makes as many as wanted (100). Each round starts the program, takes back what the last death left, adds a job, lets the
queue run and kills it up to three seconds later: while it draws, writes its journal, loads, denoises or writes a clip.
"""

import random
import sqlite3
import sys
import time
import unittest

from story import Story
from window import find


class Rounds:
    """Rounds in the folder of `story`; every prompt that was accepted must be a clip, offered or set aside in the end."""

    def __init__(self, story, seed):
        self.story = story
        self.chance = random.Random(seed)
        self.prompts = []
        story.settle(steps=4)

    def run(self, count):
        for number in range(count):
            with self.story.subTest(round=number):
                self.round(number)
        self.settle_all()

    def round(self, number):
        story = self.story
        window = story.open()
        self.take_back(window)
        story.wait_for_answer(window)
        prompt = f"ball number {number}"
        before = len(window.state()["queue"])
        window.key("ctrl+l", "ctrl+a")
        window.type(prompt)
        window.key("ctrl+Return")
        window.wait("the job", lambda state: len(state["queue"]) > before)
        self.prompts.append(prompt)
        if window.state()["queue_held"]:
            window.key("ctrl+shift+p")
        time.sleep(self.chance.uniform(0.0, 3.0))
        window.kill()
        self.check_files()

    def take_back(self, window):
        """Recovers what is offered; also what was set aside, by its own button."""
        expects = self.open_jobs()
        state = window.wait("the start", lambda state: find(state, "recover.queue") or
                            (not expects and state["engine_ready"]), timeout=60)
        while find(state, "recover.queue"):
            buttons = [w for w in find(state, "recover.jobs").get("rows", []) if w[2].startswith("Set aside")]
            if buttons:
                row = next(i for i, r in enumerate(find(state, "recover.jobs")["rows"]) if r[2].startswith("Set aside"))
                window.click(f"recover.retry.{row}", state)
            else:
                window.click("recover.queue", state)
            state = window.state()
        offered = {row["prompt"] for row in state["queue"]}
        self.story.assertEqual(offered, set(expects))

    def open_jobs(self):
        """The prompts of the journal's jobs without an end."""
        journal = self.story.data / "journal.sqlite"
        if not journal.exists():
            return []
        with sqlite3.connect(journal) as database:
            self.story.assertEqual(database.execute("PRAGMA integrity_check").fetchone(), ("ok",))
            rows = database.execute("SELECT json_extract(request, '$.prompt') FROM job "
                                    "WHERE state IN ('waiting', 'running', 'paused')").fetchall()
        return [row[0] for row in rows]

    def check_files(self):
        """Every clip is whole: a death leaves a temporary file or nothing."""
        for clip in (self.story.data / "clips").glob("*.mp4"):
            self.story.assertEqual(self.story.info(clip)["video_frames"], 29, clip)

    def settle_all(self):
        story = self.story
        window = story.open()
        self.take_back(window)
        if window.state()["queue_held"]:
            window.key("ctrl+shift+p")
        window.wait("the end", lambda state: state["idle"] and state["engine_ready"],
                    timeout=60 + 20 * len(self.prompts))
        story.assertEqual(window.quit(), 0)
        story.assertEqual([p for p in story.clips() if ".part-" in p.name], [])
        made = {story.info(clip)["recipe"]["asked"]["prompt"] for clip in story.clips() if clip.suffix == ".mp4"}
        story.assertEqual(made, set(self.prompts))


class KillRounds(Story):
    rounds, seed = 100, 1

    def test_nothing_is_lost(self):
        Rounds(self, self.seed).run(self.rounds)


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    KillRounds.rounds, KillRounds.seed = (words + [100, 1][len(words):])[:2]
    unittest.main(argv=sys.argv[:1])
