"""Story 15: the geometry of masks, and the paper's table."""

import json
import unittest
import zlib

from story import Story, text_of
from window import find

# Shape as the list has it, its masks, and the block sparsities that the paper prints for them.
PAPER = [
    ("Open-Sora-Plan, 29 frames", {"4:4": "17.60", "3:5": "29.88", "2:6": "45.47", "1:7": "64.38"}),
    ("Open-Sora-Plan, 93 frames", {"12:12": "21.51", "8:16": "40.30", "6:18": "51.88", "4:20": "64.98", "3:21": "72.05"}),
    ("CogVideoX-5B", {"7:6": "14.50", "5:8": "29.29", "4:9": "38.30", "3:10": "48.66", "2:11": "60.15", "1:12": "74.11"}),
]


def plan(state):
    """The Plan workspace's own account of itself."""
    return state["workspaces"]["plan"]


class PlanStory(Story):
    def open_plan(self, *words):
        self.settle()
        window = self.open(*words)
        window.wait("the window", lambda state: find(state, "workspaces"))
        window.key("ctrl+4")
        window.wait("the plan", lambda state: state["workspace"] == "plan")
        return window

    def choose_shape(self, window, name):
        """By the keyboard, as the list goes to the entry that is typed."""
        window.click("plan.shape")
        window.type(name)
        window.key("Return")
        return window.wait(name, lambda state: text_of(state, "plan.shape") == name)

    def place(self, state, query, key):
        """Where on the screen that pair of tokens is."""
        at = plan(state)["map"]
        x = at["left"] + (key + 0.5 - at["from_key"]) * at["scale"]
        y = at["top"] + (query + 0.5 - at["from_query"]) * at["scale"]
        self.assertTrue(at["left"] < x < at["left"] + at["width"] and at["top"] < y < at["top"] + at["height"])
        return round(x), round(y)


class Masks(PlanStory):
    def test_presets_print_the_fifteen_values(self):
        window = self.open_plan()
        seen = 0
        for shape, masks in PAPER:
            self.choose_shape(window, shape)
            for mask, skipped in masks.items():
                window.click(f"plan.mask-{mask}")
                state = window.wait(mask, lambda state: plan(state)["mask"] == mask)
                kept = f"{100 - float(skipped):.2f}"
                self.assertEqual(text_of(state, "plan.skips"), f"skips {skipped} % (keeps {kept} %) of 128-blocks")
                seen += 1
        self.assertEqual(seen, 15)
        rows = find(state, "plan.published")["rows"]
        self.assertEqual([row[2] for row in rows], [value for _, masks in PAPER for value in masks.values()])
        self.assertEqual([row[2] for row in rows], [row[3] for row in rows])
        self.assertEqual((plan(state)["published"], plan(state)["published_agree"]), (15, 15))

    def test_the_command_line_says_the_same(self):
        for shape, masks in zip(["osp-29f", "osp-93f", "cogvideox-5b"], [masks for _, masks in PAPER]):
            listed = json.loads(self.cli("plan", "masks", "--shape", shape, "--json"))["masks"]
            ours = {entry["mask"]: f"{100 * entry['block_sparsity']:.2f}" for entry in listed}
            self.assertEqual({mask: ours[mask] for mask in masks}, masks)

    def test_block_size_changes_the_value(self):
        window = self.open_plan()
        before = text_of(window.state(), "plan.skips")
        self.assertEqual(before, "skips 45.47 % (keeps 54.53 %) of 128-blocks")
        x, y, width, height = window.find("plan.block")["geometry"]
        window.click_at(x + width // 4, y + height // 2)
        state = window.wait("64-blocks", lambda state: plan(state)["block"] == 64)
        self.assertRegex(text_of(state, "plan.skips"), r"^skips 46\.\d\d % \(keeps 53\.\d\d %\) of 64-blocks$")
        window.click_at(x + 3 * width // 4, y + height // 2)
        state = window.wait("128-blocks", lambda state: plan(state)["block"] == 128)
        self.assertEqual(text_of(state, "plan.skips"), before)

    def test_overlay_shows_border_blocks_at_zoom(self):
        window = self.open_plan()
        state = window.state()
        self.assertFalse(plan(state)["draws_blocks"])
        # The wheel, over the corner where frames 2 and 3 meet.
        x, y = self.place(state, 3 * 3600, 3 * 3600)
        window.move(x, y)
        for _ in range(8):
            window.xdotool("click", 4)
        state = window.wait("blocks", lambda state: plan(state)["draws_blocks"])
        self.assertEqual(find(state, "plan.level")["accessible"], "128-blocks")
        # 3600 is no multiple of 128: the block around the border keeps a part of its pairs.
        for query, key, kind, why in [
                (10790, 10790, "border", "both are in frame 2"),
                (10810, 10790, "border", "skipped, neither frame is a reference"),
                (10300, 10300, "full", "both are in frame 2"),
                (10300, 11200, "skipped whole", "skipped, neither frame is a reference")]:
            at = plan(window.state())["map"]
            here = (at["from_key"] <= key <= at["from_key"] + at["width"] / at["scale"] and
                    at["from_query"] <= query <= at["from_query"] + at["height"] / at["scale"])
            self.assertTrue(here, (query, key, at))
            window.move(*self.place(window.state(), query, key))
            state = window.wait(f"{query}, {key}", lambda state: abs(plan(state).get("key", -9999) - key) < 8 and
                                abs(plan(state)["query"] - query) < 8)
            self.assertIn(why, text_of(state, "plan.pair"))
            self.assertIn(kind, text_of(state, "plan.pair-block"))
        # What lies around the border is drawn: lines of blocks, three fills, the skipped part's hatching.
        x, y = self.place(state, 10800, 10800)
        window.move(5, 5)
        self.assertGreaterEqual(len(self.screen.colours([x - 90, y - 90, 180, 180])), 8)

    def test_overlay_can_be_taken_away(self):
        window = self.open_plan()
        window.key("ctrl+alt+1")
        state = window.wait("1:1", lambda state: plan(state)["zoom"] == 1)
        x, y, width, height = find(state, "plan.matrix")["geometry"]
        box = [x + 40, y + 40, width - 80, height - 80]
        window.move(5, 5)
        window.wait("blocks", lambda state: plan(state)["draws_blocks"])
        with_blocks = self.screen.region(box)
        window.key("b")
        window.wait("no blocks", lambda state: not plan(state)["draws_blocks"])
        self.assertNotEqual(self.screen.region(box), with_blocks)
        window.key("b")
        window.wait("blocks", lambda state: plan(state)["draws_blocks"])
        self.assertEqual(self.screen.region(box), with_blocks)

    def test_map_stays_fluid(self):
        window = self.open_plan()
        self.choose_shape(window, "Open-Sora-Plan, 93 frames")
        x, y, width, height = window.find("plan.matrix")["geometry"]
        window.state()  # begins the clock anew
        for turn in range(12):
            window.click_at(x + width // 2 + 9 * turn, y + height // 2, button=4)
            window.drag((x + 300, y + 300), (x + 200 + 20 * turn, y + 260))
        clock = window.state()["event_clock"]["events"]
        self.assertLess(clock["p99_ms"], 16, clock)
        self.assertLess(clock["max_ms"], 100, clock)


class Pictures(PlanStory):
    """On a small screen, because the picture is decoded here."""

    size = (1280, 720)

    def test_exported_map_is_what_the_screen_shows_at_twice_its_size(self):
        window = self.open_plan()
        window.key("ctrl+plus", "ctrl+plus")
        state = window.wait("blocks", lambda state: plan(state)["draws_blocks"])
        window.move(5, 5)
        x, y, width, height = find(state, "plan.matrix")["geometry"]
        _, _, data, row = self.screen.picture()
        window.key("ctrl+e")
        target = self.root / "map.png"
        window.answer_file_dialog("plan.export", target)
        window.wait("the picture", lambda state: find(state, "plan.banner"))
        saved_width, saved_height, pixels, words = decoded(target.read_bytes())
        self.assertEqual((saved_width, saved_height), (2 * width, 2 * height))
        self.assertIn(b"Mask: 2:6", words)
        same, compared, colours = 0, 0, set()
        for j in range(20, height - 20, 5):
            for i in range(20, width - 20, 5):
                at = (y + j) * row + 4 * (x + i)
                shown = data[at + 2], data[at + 1], data[at]
                four = [3 * ((2 * j + down) * saved_width + 2 * i + right) for down in (0, 1) for right in (0, 1)]
                same += any(max(abs(a - b) for a, b in zip(shown, pixels[k:k + 3])) < 24 for k in four)
                compared += 1
                colours.add(pixels[four[0]:four[0] + 3])
        self.assertGreater(same, 0.95 * compared)
        self.assertGreaterEqual(len(colours), 5)


def decoded(data):
    """(width, height, bytes of R, G, B, description) of a PNG of eight bits a colour without transparency."""
    at, packed, words = 8, b"", b""
    while at < len(data):
        length, kind = int.from_bytes(data[at:at + 4], "big"), data[at + 4:at + 8]
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height = (int.from_bytes(body[k:k + 4], "big") for k in (0, 4))
            assert body[8:10] == b"\x08\x02", "not RGB of eight bits"
        elif kind == b"IDAT":
            packed += body
        elif kind == b"zTXt" and body.startswith(b"Description\0\0"):
            words = zlib.decompress(body[len(b"Description") + 2:])
        at += 12 + length
    raw = zlib.decompress(packed)
    size = 3 * width
    pixels, above = bytearray(), bytes(size)
    for line in range(height):
        start = line * (size + 1)
        way, here = raw[start], bytearray(raw[start + 1:start + 1 + size])
        for k in range(size) if way else ():
            left = here[k - 3] if k > 2 else 0
            corner = above[k - 3] if k > 2 else 0
            guess = left if way == 1 else above[k] if way == 2 else (left + above[k]) // 2 if way == 3 else \
                min((left, above[k], corner), key=lambda each: abs(left + above[k] - corner - each))
            here[k] = (here[k] + guess) & 255
        pixels += here
        above = here
    return width, height, bytes(pixels), words


class NotYet(unittest.TestCase):
    @unittest.skip("what the kernel keeps is not shown beside the overlay yet")
    def test_bundled_models_kernel_keeps_the_blocks_of_the_overlay(self):
        self.fail()


if __name__ == "__main__":
    unittest.main()
