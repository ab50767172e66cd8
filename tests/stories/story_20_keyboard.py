"""Story 20: the keyboard."""

import re
import subprocess
import unittest

from story import Story, generate, text_of
from window import find, widgets


class Keyboard(Story):
    def tab_to(self, window, name):
        for _ in range(60):
            state = window.state()
            if self.is_at(state, name):
                return state
            window.key("Tab")
        self.fail(f"Tab does not reach {name}")

    def is_at(self, state, name):
        """The field or a part of it has the focus."""
        field = find(state, name)
        return field and any(w["focus"] for w in widgets({"window": field, "windows": []}))

    def test_first_clip_without_a_mouse(self):
        window = self.open()
        self.pass_welcome(window)
        self.wait_for_answer(window)
        for name, text in [("generate.size", "192x128"), ("generate.steps", "3")]:
            self.tab_to(window, name)
            window.key("ctrl+a")
            window.type(text)
        clip = self.make(window)
        info = self.info(clip)
        self.assertEqual((info["width"], info["height"], info["recipe"]["effective"]["steps"]), (192, 128, 3))

    def test_tab_goes_through_the_fields_in_order_and_is_seen(self):
        self.settle()
        window = self.open_ready()
        window.key("ctrl+l")
        order = ["generate.prompt", "generate.negative", "generate.model", "generate.stage", "generate.size",
                 "generate.frames", "generate.fps", "generate.steps", "generate.guidance", "generate.seed"]
        met = []
        for _ in range(24):
            state = window.state()
            name = next((n for n in order if self.is_at(state, n)), None)
            if name and name not in met:
                met.append(name)
                x, y, width, height = find(state, name)["geometry"]
                box = [x - 4, y - 4, width + 8, height + 8]
                with_focus = self.screen.region(box)
                window.key("Tab")
                window.state()
                self.assertNotEqual(self.screen.region(box), with_focus, f"the focus of {name} is not seen")
            else:
                window.key("Tab")
        self.assertEqual(met, order)

    def test_sheet_lists_every_action(self):
        self.settle()
        window = self.open_ready()
        window.key("ctrl+k")
        state = window.wait("the palette", lambda state: find(state, "palette.list"))
        offered = {re.sub(r"…$", "", row[0]) for row in find(state, "palette.list")["rows"]}
        window.key("Escape")
        window.key("F1")
        state = window.wait("the sheet", lambda state: find(state, "shortcuts.list"))
        listed = {re.sub(r"…$", "", row[0]) for row in find(state, "shortcuts.list")["rows"]}
        self.assertGreater(len(listed), 60)
        self.assertEqual(offered - listed, set())
        for row in [["Generate", "Ctrl+Return"], ["Cancel", "Ctrl+."], ["Library", "Ctrl+7"]]:
            self.assertIn(row, find(state, "shortcuts.list")["rows"])

    def test_other_keys_for_generate_work_and_stay(self):
        self.settle(steps=2)
        window = self.open_ready()
        window.key("F1")
        window.wait("the sheet", lambda state: find(state, "shortcuts.search"))
        window.type("ctrl+return")
        window.key("Tab", "Home", "Down", "Return")
        window.wait("the question", lambda state: "Press the new keys of \"Generate\"" in text_of(state, "shortcuts.note"))
        window.key("ctrl+F9")
        window.wait("the answer", lambda state: "is on Ctrl+F9 now" in text_of(state, "shortcuts.note"))
        window.key("Escape")
        window.wait("the end of the sheet", lambda state: not find(state, "shortcuts.search"))
        self.check_keys(window, jobs=0)
        self.assertEqual(window.quit(), 0)
        self.check_keys(self.open_ready(), jobs=0)

    def check_keys(self, window, jobs):
        window.key("ctrl+l", "ctrl+Return")
        self.assertEqual(len(window.state()["queue"]), jobs)
        window.key("ctrl+F9")
        self.wait_for_end(window, jobs=jobs + 1)

    def test_letters_follow_the_layout_of_the_keyboard(self):
        self.settle()
        window = self.open_ready()
        subprocess.run(["setxkbmap", "-display", self.screen.display, "fr"], check=True, stderr=subprocess.DEVNULL)
        physical_q, physical_a = "24", "38"  # on this layout: a and q
        window.key("ctrl+l")
        window.xdotool("key", "ctrl+" + physical_q)
        self.assertIsNone(window.process.poll())
        window.type("neu")  # in place of all of it: Ctrl+A it was
        window.wait("the selected text's end", lambda state: generate(state)["prompt"] == "neu")
        window.xdotool("key", "ctrl+" + physical_a)
        window.process.communicate(timeout=20)
        self.assertEqual(window.process.returncode, 0)


if __name__ == "__main__":
    unittest.main()
