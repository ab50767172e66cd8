"""Measures the window's bars in a real window on a virtual screen, with the programs that the stories use:

    TESSERA_GUI=... TESSERA=... python3 window_bars.py [start] [events] [memory] [-o FILE]

start   seconds from the start to the mapped window; from Ctrl+Enter to the first preview at 128x192
events  how late the GUI thread handles its events during a run of at least 60 s on all cores
memory  resident memory after 10 and after 200 clips made in one run of the program
Prints one JSON object; nothing else should use the machine meanwhile.
"""

import argparse
import array
import datetime
import json
import os
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "stories"))

from story import Story, generate  # noqa: E402


class Bars(Story):
    def runTest(self):
        """Not a test: made by measure() for its screen, home and data folder."""

    def start(self):
        mapped, previews = [], []
        self.settle(steps=50)
        for _ in range(5):
            window = self.open()
            while not window.has_mapped():
                time.sleep(0.005)
            mapped.append(time.monotonic() - window.started)
            self.wait_for_answer(window)
            # The middle of the canvas is plain ground with a few words until the first picture covers it.
            x, y, width, height = window.find("generate.canvas")["geometry"]
            box = [x + width // 4, y + height // 4, width // 2, height // 4]
            ground = self.screen.region(box)[:4]
            window.key("ctrl+Return")
            pressed = time.monotonic()
            while share_of(ground, self.screen.region(box)) > 0.5:
                self.assertLess(time.monotonic() - pressed, 60, "no preview within a minute")
                time.sleep(0.005)
            previews.append(time.monotonic() - pressed)
            state = window.state()
            window.find("generate.clip", state)
            self.assertEqual(generate(state)["run"], "running")
            window.key("ctrl+period")
            self.wait_for_end(window)
            self.assertEqual(window.quit(), 0)
        return {"window_visible_s": rounded(mapped), "first_preview_s": rounded(previews)}

    def events(self):
        self.settle(size="288x192", steps=200)
        window = self.open_ready()
        window.key("ctrl+Return")
        self.wait_for_step(window, 2)
        window.state()  # starts the count anew
        start = time.monotonic()
        time.sleep(60)
        state = window.state()
        self.assertEqual(generate(state)["run"], "running", "the run was over before the minute was")
        clock = state["event_clock"]
        window.key("ctrl+period")
        self.wait_for_end(window)
        self.assertEqual(window.quit(), 0)
        return {"seconds": round(time.monotonic() - start, 1), "event_clock": clock}

    def memory(self):
        count = 200
        self.settle(steps=2)
        window = self.open_ready()
        window.key("ctrl+shift+p")
        window.wait("the held queue", lambda state: state["queue_held"])
        window.key("ctrl+Return")
        file = self.root / "jobs.queue.json"
        window.wait("the job", lambda state: len(state["queue"]) == 1)
        window.key("ctrl+shift+s")
        window.answer_file_dialog("queue.save-dialog", file)
        queue = json.loads(file.read_text())
        (job,) = queue["jobs"]
        queue["jobs"] = [with_seed(job, seed) for seed in range(1, count)]
        file.write_text(json.dumps(queue))
        window.key("ctrl+shift+o")
        window.answer_file_dialog("queue.load-dialog", file)
        window.wait("the jobs", lambda state: len(state["queue"]) == count, timeout=120)
        window.key("ctrl+shift+p")
        resident = {}
        made = 0
        while made < count:
            time.sleep(0.2)
            made = sum(1 for clip in (self.data / "clips").glob("*.mp4"))
            if made in (10, 50, 100, 150, count) and made not in resident:
                resident[made] = window.resident_bytes()
        self.wait_for_end(window, jobs=count)
        resident["idle"] = window.resident_bytes()
        self.assertEqual(window.quit(), 0)
        return {"resident_mb": {str(k): round(v / 1e6, 1) for k, v in resident.items()},
                "growth_percent": round(100 * (resident[count] / resident[10] - 1), 2)}


def with_seed(job, seed):
    copy = json.loads(json.dumps(job))
    copy["request"]["seed"] = seed
    copy["request"].pop("output", None)  # each gets a name of its own
    return copy


def share_of(pixel, picture):
    pixels = array.array("I", picture)
    return pixels.count(array.array("I", pixel)[0]) / len(pixels)


def rounded(values):
    return {"median": round(statistics.median(values), 3), "all": [round(v, 3) for v in values]}


def processor():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(": ", 1)[1] for line in lines if line.startswith("model name")), "unknown")


def measure(name):
    bars = Bars()
    bars.setUp()
    try:
        return getattr(bars, name)()
    finally:
        bars.doCleanups()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--output")
    parser.add_argument("bars", nargs="*", default=["start", "events", "memory"])
    arguments = parser.parse_args()
    report = {"command": "tests/bench/window_bars.py " + " ".join(arguments.bars), "date": str(datetime.date.today()),
              "processor": processor(), "cores": os.cpu_count()}
    for name in arguments.bars:
        report[name] = measure(name)
    text = json.dumps(report, indent=2)
    print(text)
    if arguments.output:
        pathlib.Path(arguments.output).write_text(text + "\n")


if __name__ == "__main__":
    main()
