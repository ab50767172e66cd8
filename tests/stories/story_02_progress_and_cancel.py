"""Story 2: live preview, progress, cancel."""

import time
import unittest

from story import Story, generate, newest, text_of


class ProgressAndCancel(Story):
    def start(self, **fields):
        self.settle(**fields)
        window = self.open_ready()
        window.key("ctrl+Return")
        return window

    def canvas(self, window, state):
        return self.screen.region(window.find("generate.clip", state)["geometry"])

    def test_preview_changes_with_the_steps_and_moves(self):
        window = self.start(steps=40)
        state = window.wait("a preview", lambda state: generate(state)["run"] == "running" and
                            generate(state)["frames"] > 1, timeout=60)
        first = self.canvas(window, state)
        self.assertGreaterEqual(len(self.screen.colours(window.find("generate.clip", state)["geometry"])), 32)
        began = time.monotonic()
        state = window.wait("three more steps", lambda now: generate(now)["denoise_step"] >=
                            generate(state)["denoise_step"] + 3 and time.monotonic() - began >= 1.0)
        self.assertNotEqual(self.canvas(window, state), first)
        # Held, the preview stays the same one; what still changes is its frames.
        window.key("ctrl+p")
        state = window.wait("the pause", lambda state: generate(state)["run"] == "paused")
        pictures = {self.canvas(window, state)}
        end = time.monotonic() + 5.0
        while len(pictures) < 3 and time.monotonic() < end:
            time.sleep(0.05)
            pictures.add(self.canvas(window, state))
        self.assertGreaterEqual(len(pictures), 3)
        self.assertEqual(generate(window.state())["denoise_step"], generate(state)["denoise_step"])

    def test_status_tells_phase_step_and_time_left(self):
        window = self.start(steps=40)
        steps, third, seen = [], None, []

        def note(state):
            nonlocal third
            own = generate(state)
            if own["run"] == "running" and own.get("phase") == "Denoise":
                steps.append(own["denoise_step"])
                seen.append((text_of(state, "status.phase"), text_of(state, "status.step"), text_of(state, "status.left")))
                if third is None and own["denoise_step"] >= 14:
                    third = (time.monotonic(), own["left_seconds"])
            return state["queue"] and state["queue"][0]["state"] == "done"

        window.wait("the end", note, timeout=120)
        took = time.monotonic() - third[0]
        self.assertEqual(steps, sorted(steps))
        self.assertGreater(len(set(steps)), 5)
        phase, step, left = seen[len(seen) // 2]
        self.assertEqual(phase, "Denoise")
        self.assertRegex(step, r"\d+ of \d+")
        self.assertRegex(left, r"\d.* left")
        self.assertLess(abs(third[1] - took), 0.5 * took, f"said {third[1]} s, took {took} s")

    def check_cancelled(self, window, began):
        state = window.wait("the cancel", lambda state: generate(state)["run"] == "cancelled", timeout=10)
        self.assertLessEqual(time.monotonic() - began, 2.0)
        self.assertEqual(self.clips(), [])
        self.assertEqual(newest(state)["state"], "cancelled")
        return state

    def test_cancel_says_stopping_at_once_and_cancelled_soon(self):
        window = self.start(steps=40, size="288x192")
        self.wait_for_step(window, 1)
        window.key("ctrl+period")
        began = time.monotonic()
        state = window.state()
        if generate(state)["run"] != "cancelled":  # it may have stopped that soon
            self.assertEqual(generate(state)["run"], "stopping")
            self.assertEqual(text_of(state, "rail.step"), "Stopping…")
        state = self.check_cancelled(window, began)
        self.assertIn("Cancelled at step", text_of(state, "rail.cancelled"))

    def test_cancel_while_the_model_loads(self):
        self.settle(steps=40)
        window = self.open_ready(TESSERA_INJECT="slow@load:0")  # a large model takes longer than this one
        window.key("ctrl+Return")
        window.wait("loading", lambda state: generate(state).get("phase") == "Load")
        began = time.monotonic()
        window.key("ctrl+period")
        self.assertEqual(generate(window.state())["run"], "stopping")
        state = self.check_cancelled(window, began)
        self.assertEqual(text_of(state, "rail.cancelled"), "Cancelled before the first step")

    def test_cancel_while_frames_are_decoded(self):
        window = self.start(steps=1, size="384x256")
        window.wait("decoding", lambda state: generate(state).get("phase") == "Decode", timeout=60)
        began = time.monotonic()
        window.key("ctrl+period")
        self.check_cancelled(window, began)

    def test_finish_early_keeps_the_clip_and_says_where_it_stopped(self):
        window = self.start(steps=40)
        self.wait_for_step(window, 3)
        window.key("ctrl+shift+period")
        state = self.wait_for_end(window)
        self.assertEqual(newest(state)["state"], "done")
        info = self.info(newest(state)["path"])
        self.assertEqual((info["width"], info["height"], info["video_frames"]), (192, 128, 29))
        self.assertGreaterEqual(info["recipe"]["steps_done"], 3)
        self.assertLess(info["recipe"]["steps_done"], 40)

    def test_window_answers_a_menu_click_all_the_time(self):
        window = self.start(steps=40)
        self.wait_for_step(window, 1)
        window.state()  # the clock begins anew
        waits = []
        for _ in range(6):
            waits.append(self.open_menu(window))
        state = window.state()
        self.assertEqual(generate(state)["run"], "running")
        self.assertLessEqual(max(waits), 0.2, waits)
        clock = state["event_clock"]
        self.assertLessEqual(clock["events"]["max_ms"], 200, clock)
        self.assertLessEqual(clock["heartbeat"]["max_ms"], 200, clock)

    def open_menu(self, window):
        """Seconds from the click, that of xdotool included, to the menu on the screen."""
        place = [4, 40, 120, 20]  # of the menu, over the tabs: nothing else changes there
        before = self.screen.region(place)
        window.move(20, 14)
        began = time.monotonic()
        window.click_at(20, 14)
        while self.screen.region(place) == before and time.monotonic() - began < 5:
            time.sleep(0.002)
        took = time.monotonic() - began
        window.xdotool("key", "Escape")
        end = time.monotonic() + 5
        while self.screen.region(place) != before:
            self.assertLess(time.monotonic(), end, "Escape does not close the menu")
            time.sleep(0.005)
        return took


if __name__ == "__main__":
    unittest.main()
