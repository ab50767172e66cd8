"""Story 1: the first run, offline."""

import time
import unittest

from story import Story, generate, text_of
from window import Window, find


class FirstRun(Story):
    def test_window_is_there_within_a_second(self):
        times = []
        for _ in range(3):
            window = self.open()
            while not window.has_mapped() and time.monotonic() - window.started < 20:
                pass
            times.append(time.monotonic() - window.started)
            window.kill()
        self.assertLessEqual(min(times), 1.0, f"seconds to the window: {times}")

    def test_welcome_lists_every_folder(self):
        window = self.open()
        window.wait("the welcome", lambda state: find(state, "welcome.next"))
        window.key("Return")
        state = window.wait("its second page", lambda state: text_of(state, "welcome.place") == "2 of 3")
        shown = {text_of(state, f"welcome.folder.{i}") for i in range(7)}
        names = ["", "clips", "models", "logs", "journal.sqlite", "library.sqlite", "settings.ini"]
        self.assertEqual(shown, {str(self.data / name) for name in names})

    def test_welcome_then_a_clip_of_the_wanted_shape_and_no_network(self):
        window = self.open()
        self.pass_welcome(window)
        self.wait_for_answer(window)
        window.fill("generate.size", "192x128")
        window.fill("generate.steps", "4")
        window.fill("generate.fps", "12")
        window.wait("the fields", lambda state: generate(state)["asked"]["fps"] == 12)
        sockets = window.network_sockets()
        clip = self.make(window)
        sockets += window.network_sockets()
        self.assertEqual(sockets, [])
        info = self.info(clip)
        self.assertEqual((info["width"], info["height"], info["video_frames"], info["fps"]), (192, 128, 29, 12))
        self.check_that_it_decodes(window)

    def check_that_it_decodes(self, window):
        self.assertEqual(window.quit(), 0)
        again = self.open_ready()
        state = again.wait("the recent clips", lambda state: find(state, "recent.0"))
        self.assertEqual(generate(state)["frames"], 0)
        again.click("recent.0", state)
        state = again.wait("the clip", lambda state: generate(state)["frames"] == 29)
        box = again.find("generate.clip", state)["geometry"]
        self.assertGreaterEqual(len(self.screen.colours(box)), 32)

    def test_data_dir_holds_all_that_is_written(self):
        self.settle()
        before = self.files_outside()
        window = self.open_ready()
        self.make(window)
        self.assertEqual(window.quit(), 0)
        self.assertEqual(self.files_outside(), before)

    def files_outside(self):
        ours = [self.data, self.root / "state.json"]
        return [p for p in self.root.rglob("*") if p.is_file() and not any(p.is_relative_to(o) for o in ours)]

    def test_home_holds_nothing_but_the_listed_folders(self):
        window = Window(self.screen, self.root)
        self.addCleanup(window.close)
        home = self.root / "home"
        data = home / ".local" / "share" / "tessera"
        window.wait("the welcome", lambda state: find(state, "welcome.next"))
        window.key("Escape")
        window.wait("the engine", lambda state: state["engine_ready"] and not find(state, "welcome.next"), timeout=60)
        self.assertEqual(window.quit(), 0)
        files = [p for p in home.rglob("*") if p.is_file()]
        self.assertIn(data / "settings.ini", files)
        self.assertEqual([p for p in files if not p.is_relative_to(data)], [])

    def test_second_start_skips_the_welcome_and_restores_the_window(self):
        window = self.open()
        window.wait("the welcome", lambda state: find(state, "welcome.next"))
        window.key("Escape")
        state = window.wait("the end of the welcome", lambda state: not find(state, "welcome.next"))
        self.assertIsNotNone(find(state, "dock.recent"))
        self.close_dock(window, "dock.recent", state)
        window.wait("a dock less", lambda state: find(state, "dock.recent") is None)
        main = window.ask_xdotool("search", "--onlyvisible", "--class", "tessera")[-1]
        window.xdotool("windowsize", "--sync", main, 1310, 830)
        window.xdotool("windowmove", main, 40, 30)
        before = window.wait("the size", lambda state: state["window"]["geometry"] == [40, 30, 1310, 830])
        self.assertEqual(window.quit(), 0)
        again = self.open()
        after = again.wait("the engine", lambda state: state["engine_ready"], timeout=60)
        self.assertIsNone(find(after, "welcome.next"))
        self.assertIsNone(find(after, "dock.recent"))
        self.assertEqual(after["window"]["geometry"], before["window"]["geometry"])
        for name in ["dock.prompt", "dock.clip", "dock.queue", "dock.recipe"]:
            self.assertEqual(find(after, name)["geometry"], find(before, name)["geometry"], name)

    def test_second_window_on_the_same_data_is_refused_with_a_sentence(self):
        self.settle()
        first = self.open_ready()
        second = self.open()
        end = time.monotonic() + 20
        while not second.has_mapped():
            self.assertLess(time.monotonic(), end, "no window says why")
            time.sleep(0.05)
        dialog = second.ask_xdotool("search", "--onlyvisible", "--pid", str(second.process.pid))[-1]
        second.xdotool("windowfocus", "--sync", dialog)
        while second.process.poll() is None and time.monotonic() < end:
            second.ask_xdotool("key", "Return")  # the first may come before the focus
            time.sleep(0.3)
        _, said = second.process.communicate(timeout=20)
        self.assertEqual(second.process.returncode, 1)
        self.assertIn("is open on the data folder", said.decode())
        self.assertEqual(first.quit(), 0)

    def close_dock(self, window, name, state):
        dock = find(state, name)
        todo = list(dock["children"])
        while todo:
            widget = todo.pop()
            if widget["name"] == "dock.dock-close":
                x, y, width, height = widget["geometry"]
                window.click_at(x + width // 2, y + height // 2)
                return
            todo.extend(widget.get("children", []))
        self.fail(f"{name} has no close button")


if __name__ == "__main__":
    unittest.main()
