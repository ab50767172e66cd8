"""Story 4: the queue: edit, reorder, pause, save."""

import pathlib
import time
import unittest

from story import BUNDLED, ENDED, Story, generate, newest, pictures_hash, text_of
from window import widgets

ROW = 26  # pixels: look.md


def waiting(state):
    return [row["prompt"] for row in state["queue"] if row["state"] == "waiting"]


class Queue(Story):
    def open_held(self, prompts, **fields):
        """The window with these prompts in a queue that does not start, and room to see all of it."""
        self.settle(**fields)
        window = self.open_ready()
        window.key("ctrl+shift+p")
        window.wait("the held queue", lambda state: state["queue_held"])
        self.enqueue(window, prompts)
        x, y, width, _ = window.find("dock.queue")["geometry"]
        window.drag((x + width // 2, y - 2), (x + width // 2, y - 200))
        return window

    def enqueue(self, window, prompts):
        for prompt in prompts:
            before = len(window.state()["queue"])
            window.key("ctrl+l", "ctrl+a")
            window.type(prompt)
            window.key("ctrl+shift+Return")
            window.wait(prompt, lambda state: len(state["queue"]) == before + 1)

    def row_at(self, window, row, part=0.5):
        table = window.find("queue.table")
        body = max((w for w in table["children"]), key=lambda w: w["geometry"][1])["geometry"]
        return body[0] + 260, body[1] + round((row + part) * ROW)

    def choose(self, window, row):
        window.click_at(*self.row_at(window, row))

    def test_edited_and_moved_jobs_run_so(self):
        window = self.open_held(["one ball", "two balls", "three balls", "four balls"], steps=1)
        self.choose(window, 2)
        window.key("F2", "ctrl+a")
        window.type("a purple star")
        window.key("Return")
        window.wait("the edit", lambda state: waiting(state) == ["one ball", "two balls", "a purple star", "four balls"])
        window.drag(self.row_at(window, 3), self.row_at(window, 1, 0.08))
        wanted = ["one ball", "four balls", "two balls", "a purple star"]
        window.wait("the move", lambda state: waiting(state) == wanted)
        window.key("ctrl+shift+p")
        state = self.wait_for_end(window, jobs=4, timeout=120)
        ended = list(reversed(state["queue"]))
        self.assertEqual([row["prompt"] for row in ended], wanted)
        paths = [pathlib.Path(row["path"]) for row in ended]
        for path, words in zip(paths, ["one-ball", "four-balls", "two-balls", "a-purple-star"]):
            self.assertIn(words, path.name)
            self.assertEqual(self.info(path)["recipe"]["asked"]["prompt"], words.replace("-", " "))
        times = [path.stat().st_mtime_ns for path in paths]
        self.assertEqual(times, sorted(times))

    def test_keys_move_a_job_and_a_copy_gets_a_file_of_its_own(self):
        window = self.open_held(["one ball", "two balls"], steps=1)
        self.choose(window, 1)
        window.key("alt+Up")
        window.wait("the move", lambda state: waiting(state) == ["two balls", "one ball"])
        window.key("ctrl+d")
        window.wait("the copy", lambda state: waiting(state) == ["two balls", "one ball", "two balls"])
        window.key("ctrl+shift+p")
        state = self.wait_for_end(window, jobs=3, timeout=120)
        self.assertEqual(len({row["path"] for row in state["queue"]}), 3)
        self.assertEqual(len(self.clips()), 3)

    def test_cancelling_a_waiting_job_leaves_the_running_one(self):
        self.settle(steps=30)
        window = self.open_ready()
        self.enqueue(window, ["one ball", "two balls", "three balls"])
        self.wait_for_step(window, 1)
        self.choose(window, 1)
        window.key("Delete")
        state = window.wait("the cancel", lambda state: waiting(state) == ["three balls"])
        self.assertEqual([row["state"] for row in state["queue"]], ["running", "waiting", "cancelled"])
        self.choose(window, 0)
        window.find_action("cancel all but")
        state = window.wait("the others' end", lambda state: waiting(state) == [])
        self.assertEqual(state["queue"][0]["state"], "running")
        state = self.wait_for_end(window, jobs=3)
        ends = {row["prompt"]: row["state"] for row in state["queue"]}
        self.assertEqual(ends, {"one ball": "done", "two balls": "cancelled", "three balls": "cancelled"})
        self.assertEqual(len(self.clips()), 1)

    def test_pause_rests_and_the_clip_is_the_same(self):
        self.settle(steps=12)
        window = self.open_ready()
        whole = self.make(window)
        window.key("ctrl+Return")
        self.wait_for_step(window, 3)
        window.key("ctrl+p")
        state = window.wait("the pause", lambda state: generate(state)["run"] == "paused")
        # Held after a step: what was under way ends first.
        end = time.monotonic() + 10
        while self.busy(window) > 0.3 and time.monotonic() < end:
            pass
        self.assertLessEqual(self.busy(window), 0.3)
        held = generate(window.state())["denoise_step"]
        self.assertLessEqual(held - generate(state)["denoise_step"], 1)
        self.assertLess(held, 12)
        window.key("ctrl+p")
        state = window.wait("going on", lambda state: generate(state)["run"] != "paused")
        state = self.wait_for_end(window, jobs=2)
        self.assertNotEqual(newest(state)["path"], str(whole))
        self.assertEqual(pictures_hash(newest(state)["path"]), pictures_hash(whole))

    def busy(self, window):
        """How many cores the program keeps busy; the preview goes on playing meanwhile."""
        before = window.cpu_seconds()
        time.sleep(0.5)
        return (window.cpu_seconds() - before) / 0.5

    def test_pause_and_free_memory_gives_back_the_model(self):
        self.settle(steps=12)
        window = self.open_ready()
        resting = window.resident_bytes()
        whole = self.make(window)
        window.key("ctrl+Return")
        self.wait_for_step(window, 3)
        running = window.resident_bytes()
        window.key("ctrl+alt+p")
        state = window.wait("the freed memory", lambda state: text_of(state, "rail.job-pause-free") == "Memory freed")
        self.assertEqual(generate(state)["run"], "paused")
        weights = sum(file.stat().st_size for file in BUNDLED.rglob("*.safetensors"))
        self.assertGreaterEqual(running - window.resident_bytes(), 0.8 * weights,
                                f"resident: {resting} before the first job, {running} running, weights {weights}")
        window.key("ctrl+p")
        state = self.wait_for_end(window, jobs=2)
        self.assertNotEqual(newest(state)["path"], str(whole))
        self.assertEqual(pictures_hash(newest(state)["path"]), pictures_hash(whole))

    def test_saved_queue_comes_back_and_the_command_line_lists_it(self):
        prompts = ["one ball", "two balls", "three balls"]
        window = self.open_held(prompts, steps=3)
        file = self.root / "jobs.queue.json"
        window.key("ctrl+shift+s")
        window.answer_file_dialog("queue.save-dialog", file)
        for left in [2, 1, 0]:
            self.choose(window, 0)
            window.key("Delete")
            window.wait(f"{left} jobs", lambda state: len(waiting(state)) == left)
        window.key("ctrl+shift+o")
        window.answer_file_dialog("queue.load-dialog", file)
        state = window.wait("the jobs of the file", lambda state: waiting(state) == prompts)
        self.assertEqual([row["seed"] for row in state["queue"] if row["state"] not in ENDED], ["7", "7", "7"])
        listed = self.cli("queue", "run", file, "--dry-run")
        places = [listed.find(prompt) for prompt in prompts]
        self.assertNotIn(-1, places, listed)
        self.assertEqual(places, sorted(places))
        self.assertEqual([w for w in widgets(state) if w["name"] == "queue.problem"], [])


if __name__ == "__main__":
    unittest.main()
