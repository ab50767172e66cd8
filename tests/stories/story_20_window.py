"""Story 20: names for assistive programs, scales, layouts, and the end of the program. That an exported figure is what the
screen shows is held by story 15."""

import collections
import time
import unittest

from story import PROMPT, Story, generate, text_of
from window import find, widgets

INTERACTIVE = ("Button", "LineEdit", "TextEdit", "PromptEdit", "ComboBox", "Spin", "Table", "Tree", "List", "CheckBox",
               "Segmented", "ScrubBar", "Slider")
WORKSPACES = ["ctrl+1", "ctrl+4", "ctrl+7"]


def unnamed(state):
    """Interactive widgets that a screen reader could say nothing of. The parts of a field have the field's name."""
    found = []
    todo = [(state["window"], "")] + [(w, "") for w in state["windows"]]
    while todo:
        widget, field = todo.pop()
        kind = widget["class"].rsplit(":", 1)[-1]
        is_interactive = any(word in kind for word in INTERACTIVE)
        has_name = widget["accessible"] or ("Button" in kind or "CheckBox" in kind) and widget.get("text")
        if is_interactive and not has_name and not field:
            found.append((kind, widget["name"], widget["geometry"]))
        inner = field or (kind if is_interactive else "")
        todo.extend((child, inner) for child in widget.get("children", []))
    return found


def clipped(state):
    return [(w["name"] or w["class"], w["text"]) for w in widgets(state) if w.get("clipped")]


class Names(Story):
    def test_every_control_of_every_workspace_and_dialog_has_a_name(self):
        self.settle()
        window = self.open_ready()
        for key in WORKSPACES:
            window.key(key)
            self.assertEqual(unnamed(window.state()), [], key)
        for name, key in [("settings.pages", "ctrl+comma"), ("shortcuts.list", "F1"), ("palette.search", "ctrl+k")]:
            window.key(key)
            state = window.wait(name, lambda state: find(state, name))
            self.assertEqual(unnamed(state), [], name)
            window.key("Escape")
            window.wait(f"the end of {name}", lambda state: not find(state, name))


class Contrast(Story):
    """Every enabled text of the workspaces and two dialogs, measured on the screen in the three themes."""

    least = 4.5

    def test_dark(self):
        self.check("dark")

    def test_light(self):
        self.check("light")

    def test_high_contrast(self):
        self.check("contrast")

    def check(self, theme):
        self.settle()
        window = self.open_ready("--theme", theme)
        for key in WORKSPACES:
            window.key(key)
            self.measure(window.state(), f"{theme}, {key}")
        for name, key in [("settings.pages", "ctrl+comma"), ("shortcuts.list", "F1")]:
            window.key(key)
            state = window.wait(name, lambda state: find(state, name))
            self.measure(state, f"{theme}, {name}", state["windows"])
            window.key("Escape")
            window.wait(f"the end of {name}", lambda state: not find(state, name))

    def measure(self, state, where, tops=None):
        """Of the windows in front: what lies behind them is not on the screen."""
        picture = self.screen.picture()
        low, count = [], 0
        todo = list(tops or [state["window"]])
        while todo:
            widget = todo.pop()
            todo.extend(widget.get("children", []))
            if widget.get("text", "").strip() and widget["enabled"] and not widget.get("children"):
                ratio = contrast(picture, widget["geometry"])
                count += ratio is not None
                if ratio is not None and ratio < self.least:
                    low.append((round(ratio, 2), widget["name"] or widget["class"], widget["text"][:30]))
        self.assertGreater(count, 0, where)
        self.assertEqual(low, [], where)


def luminance(pixel):
    """WCAG 2 relative luminance of bytes B, G, R."""
    blue, green, red = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (b / 255 for b in pixel))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(picture, box):
    """The ratio of the commonest colour inside [x, y, width, height] to the colour farthest from it; None outside the screen."""
    screen_width, screen_height, data, row = picture
    x, y, width, height = box
    if x < 0 or y < 0 or x + width > screen_width or y + height > screen_height or not width or not height:
        return None
    seen = collections.Counter()
    for line in range(y, y + height):
        pixels = data[line * row + 4 * x:line * row + 4 * (x + width)]
        seen.update(pixels[i:i + 3] for i in range(0, len(pixels), 4))
    ground = luminance(seen.most_common(1)[0][0])
    return max((max(ground, ink) + 0.05) / (min(ground, ink) + 0.05) for ink in map(luminance, seen))


class Room:
    """Texts have room on the workspaces and in the dialogs; mixed into a Story with a screen and a scale."""

    scale = 1

    def test_nothing_is_clipped(self):
        self.settle()
        window = self.open_ready("--scale", self.scale)
        self.assertEqual(window.state()["scale"], self.scale)
        for key in WORKSPACES:
            window.key(key)
            self.assertEqual(clipped(window.state()), [], key)
        for name, key in [("settings.pages", "ctrl+comma"), ("shortcuts.list", "F1")]:
            window.key(key)
            state = window.wait(name, lambda state: find(state, name))
            self.assertEqual(clipped(state), [], name)
            window.key("Escape")
            window.wait(f"the end of {name}", lambda state: not find(state, name))


class UsualScreen(Room, Story):
    pass


class SmallScreen(Room, Story):
    size = (1280, 720)


class DoubleScale(Room, Story):
    size = (2560, 1440)  # as many points as the small screen
    scale = 2


class NotYet(unittest.TestCase):
    @unittest.skip("the checkout has no catalogue of another language, and no pseudo-locale is made yet")
    def test_pseudo_locale_shows_no_hard_coded_text(self):
        self.fail()

    @unittest.skip("the workspaces of stories 7 and 11 do not exist yet")
    def test_stories_7_and_11_without_a_mouse(self):
        self.fail()


class Layouts(Story):
    def docks(self, state):
        return {w["name"]: w["geometry"] for w in widgets(state) if w["class"].endswith("::Dock")}

    def test_saved_layout_comes_back_after_a_reset(self):
        self.settle()
        window = self.open_ready()
        first = self.docks(window.state())
        x, y, width, _ = first["dock.queue"]
        window.drag((x + width // 2, y - 2), (x + width // 2, y - 150))
        x, y, width, _ = first["dock.recent"]
        window.click_at(x + width - 18, y + 12)
        own = self.docks(window.wait("the change", lambda state: "dock.recent" not in self.docks(state) and
                                     self.docks(state)["dock.queue"][3] > first["dock.queue"][3] + 100))
        window.key("alt+shift+1")
        window.key("alt+0")
        window.wait("the reset", lambda state: self.docks(state).keys() == first.keys())
        window.key("alt+1")
        window.wait("the layout", lambda state: self.docks(state) == own)


class Quitting(Story):
    def quit_while_running(self, button):
        self.settle(steps=12)
        window = self.open_ready()
        window.key("ctrl+Return")
        self.wait_for_step(window, 1)
        window.key("ctrl+q")
        state = window.wait("the question", lambda state: find(state, "quit.what"))
        self.assertIn(PROMPT[:20], text_of(state, "quit.what"))
        self.assertEqual(generate(state)["run"], "running")
        window.click(button, state)
        return window

    def end_of(self, window):
        window.process.communicate(timeout=60)
        return window.process.returncode

    def test_quitting_shows_what_it_finishes_and_ends(self):
        window = self.quit_while_running("quit.finish")
        self.assertIn("Finishing", text_of(window.state(), "quit.what"))
        self.assertEqual(self.end_of(window), 0)
        clip, = self.clips()
        self.assertEqual(self.info(clip)["video_frames"], 29)

    def test_quitting_may_cancel(self):
        window = self.quit_while_running("quit.cancel")
        began = time.monotonic()
        self.assertEqual(self.end_of(window), 0)
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual(self.clips(), [])

    def test_staying_lets_the_job_go_on(self):
        window = self.quit_while_running("quit.stay")
        self.wait_for_end(window)
        self.assertEqual(len(self.clips()), 1)


if __name__ == "__main__":
    unittest.main()
