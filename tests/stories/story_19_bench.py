"""Story 19: kernels measured, compared with a baseline, exported and read back; a wrong one has no speed."""

import json
import unittest

from story import Story, text_of
from window import find, widgets

KERNEL, SHAPE, MASK, PASS, MEDIAN, RANGE, RATE, AGAINST, COLD, ERROR, CHECK = range(11)
QUICK = {"shapes": ["bundled-128x192"], "masks": ["full", "2:6"], "warm_ups": 1, "runs": 5}


def bench(state):
    """The Bench workspace's own account of itself."""
    return state["workspaces"]["bench"]


def column(state, at):
    return [row[at] for row in bench(state)["rows"]]


def texts(widget):
    """All words inside a widget."""
    return [w["text"] for w in widgets({"window": widget, "windows": []}) if w.get("text")]


class Bench(Story):
    def open_bench(self, **fields):
        """The Bench with those fields, once the engine has said what they would cost."""
        text = json.dumps({**QUICK, **fields}).replace("\\", "\\\\").replace('"', '\\"')
        self.settle(more=f'bench="{text}"\n')
        window = self.open()
        window.wait("the engine", lambda state: state["engine_ready"], timeout=60)
        window.key("ctrl+6")
        window.wait("the price", lambda state: bench(state)["outlook_ready"] and "cells, about" in bench(state)["price"])
        return window

    def measure(self, window):
        window.key("ctrl+Return")
        return window.wait("the rows", lambda state: bench(state)["run"] == "done", timeout=90)

    def swap(self, window, keys, dialog, path):
        window.key(keys)
        window.answer_file_dialog(dialog, path)

    def test_quick_bench_tells_everything_about_itself(self):
        window = self.open_bench()
        state = window.state()
        self.assertTrue(find(state, "bench.kernel-cpu")["enabled"])
        self.assertFalse(find(state, "bench.kernel-fused")["enabled"], "no CUDA kernel on a processor")
        self.assertIn("CUDA", find(state, "bench.why-fused")["text"])
        state = self.measure(window)
        rows = bench(state)["rows"]
        self.assertEqual({(row[KERNEL], row[MASK]) for row in rows},
                         {(kernel, mask) for kernel in ("dense", "cpu", "composed") for mask in ("full", "2:6")})
        for row in rows:
            low, high = (float(number) for number in row[RANGE].split(" – "))
            self.assertTrue(low <= float(row[MEDIAN]) <= high, row)
            self.assertGreater(float(row[COLD]), 0, "cold is a column of its own")
            self.assertEqual(row[CHECK], "agrees", row)
        for words in ["1 warm-ups", "5 runs", "8 × 96", "4 heads of 64"]:
            self.assertIn(words, bench(state)["title"])
        told = " ".join(texts(find(state, "bench.environment")))
        for words in ["Device", "cpu", "Clock", "MHz", "threads", "Commit", "LibTorch", "Taken"]:
            self.assertIn(words, told)
        self.assertGreaterEqual(len(self.screen.colours(find(state, "bench.chart")["geometry"])), 8)

    def test_baseline_files_and_back(self):
        window = self.open_bench()
        self.measure(window)
        window.key("ctrl+b")
        window.wait("the name", lambda state: find(state, "bench.baseline-name"))
        window.type("before")
        window.key("Return")
        state = self.measure_again(window)
        alone = bench(state)["rows"]
        self.assertEqual(set(column(state, AGAINST)), {"–"})
        box = find(state, "bench.baseline")["geometry"]
        window.click_at(box[0] + 8, box[1] + box[3] // 2)
        state = window.wait("the comparison", lambda state: bench(state)["baselines"] == [{"name": "before", "shown": True}])
        for change in column(state, AGAINST):
            self.assertRegex(change, r"^([+−]\d+\.\d|0\.0) %$")
        self.assertTrue(list((self.data / "bench-baselines").glob("*.json")))
        window.click_at(box[0] + 8, box[1] + box[3] // 2)
        state = window.wait("the table alone", lambda state: not bench(state)["baselines"][0]["shown"])
        self.assertEqual(bench(state)["rows"], alone)
        for name in ["table.csv", "table.json"]:
            path = self.root / name
            self.swap(window, "ctrl+e", "bench.export", path)
            window.wait("the file", lambda state, path=path: path.exists())
            self.swap(window, "ctrl+o", "bench.import", path)
            state = window.wait("the table of the file", lambda state, name=name: name in bench(state)["title"])
            self.assertEqual(bench(state)["rows"], alone)

    def measure_again(self, window):
        before = window.state()
        window.key("ctrl+Return")
        return window.wait("other rows", lambda state: bench(state)["run"] == "done" and
                           bench(state)["rows"] != bench(before)["rows"], timeout=90)

    def test_wrong_kernel_has_no_speed(self):
        """Nothing agrees to a billionth: the command line says so, and the window shows it."""
        path = self.root / "wrong.json"
        self.cli("bench", "--shape", "bundled-128x192", "--mask", "2:6", "--device", "cpu", "--warm-ups", 0, "--runs", 1,
                 "--tolerance", "1e-9", "-o", path)
        told = json.loads(path.read_text())
        for row in told["rows"]:
            row["median_ms"] = 0.5  # somebody wrote it in
        path.write_text(json.dumps(told))
        window = self.open_bench()
        self.swap(window, "ctrl+o", "bench.import", path)
        state = window.wait("the table of the file", lambda state: "wrong.json" in bench(state)["title"])
        wrong = [row for row in bench(state)["rows"] if row[KERNEL] == "composed"]
        self.assertEqual(len(wrong), 1)
        self.assertEqual(wrong[0][CHECK], "wrong, speed hidden")
        self.assertEqual(wrong[0][MEDIAN], "hidden")
        self.assertEqual([wrong[0][at] for at in (RANGE, RATE, AGAINST, COLD)], ["", "", "", ""])
        x, y, width, height = find(state, "bench.results")["geometry"]
        reds = [c for c in self.screen.colours([x, y, width, height]) if c[2] > c[1] + 60 and c[2] > c[0] + 60]
        self.assertTrue(reds, "the verdict has the colour of an error")

    def test_cancel_keeps_nothing(self):
        window = self.open_bench(runs=100_000)
        window.key("ctrl+Return")
        state = window.wait("some runs", lambda state: bench(state)["runs_done"] > 0)
        self.assertIn("run ", text_of(state, "bench.step"))
        window.key("ctrl+period")
        state = window.wait("the end", lambda state: bench(state)["run"] == "cancelled", timeout=10)
        self.assertEqual(bench(state)["rows"], [])
        self.assertIn("Cancelled", text_of(state, "bench.step"))


if __name__ == "__main__":
    unittest.main()
