"""SIGINT, SIGTERM and SIGKILL while a job runs."""

import json
import os
import signal
import sqlite3
import time
import unittest

from tessera_process import CLIP_SUFFIX, HAS_CODEC, Case, main

PHASES = ["load", "encode", "denoise", "decode", "write"]
# One step of the pretended engine takes 20 ms; the rest is for a machine that is busy.
SOON_SECONDS = 5.0


class JobCase(Case):
    def start_in(self, phase, *words):
        """A job that stays in `phase`; returns once it has done a step there."""
        process = self.start("generate", "-p", f"stay in {phase}", "-o", "c" + CLIP_SUFFIX, "--progress", "json",
                             *words)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        seen = None
        for line in process.stderr:
            event = json.loads(line)
            if event["event"] == "stage":
                seen = event["phase"]
            elif event["event"] == "step" and seen == phase:
                return process
        self.fail("the job ended by itself")

    def end(self, process, number):
        began = time.monotonic()
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        self.assertLess(time.monotonic() - began, SOON_SECONDS)
        return out.decode(), err.decode()


class Signals(JobCase):
    def test_each_phase_ends_at_once_and_leaves_no_file(self):
        for phase in PHASES:
            for number in [signal.SIGINT, signal.SIGTERM]:
                process = self.start_in(phase)
                out, err = self.end(process, number)
                self.assertEqual(process.returncode, 130, (phase, number, err))
                self.assertEqual(out, "")
                self.assertIn("Interrupted", err)
                self.assertEqual(self.files(), [], (phase, number))

    def test_the_last_event_is_cancelled(self):
        process = self.start_in("denoise")
        err = self.end(process, signal.SIGINT)[1]
        events = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
        self.assertEqual(events[-1]["event"], "cancelled")
        self.assertNotIn("finished", [e["event"] for e in events])

    def test_with_json_one_object_says_so(self):
        process = self.start_in("denoise", "--json")
        out = self.end(process, signal.SIGINT)[0]
        self.assertEqual(json.loads(out)["error"]["code"], "cancelled")

    def test_further_signals_change_nothing(self):
        process = self.start_in("write")
        for _ in range(5):
            process.send_signal(signal.SIGINT)
        self.end(process, signal.SIGTERM)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(self.files(), [])

    def test_world_stops_between_clips(self):
        process = self.start("world", "--sheet", "s.png", "--count", "1000", "--size", "480x320")
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(self.files(), [])


@unittest.skipUnless(HAS_CODEC, "a build without SQLite keeps no journal")
class Crash(JobCase):
    def states(self):
        with sqlite3.connect(self.data / "journal.sqlite") as journal:
            self.assertEqual(journal.execute("PRAGMA integrity_check").fetchone()[0], "ok")
            return [row[0] for row in journal.execute("SELECT state FROM job ORDER BY row")]

    def test_killed_job_is_marked_at_the_next_start(self):
        process = self.start_in("denoise")
        process.kill()
        process.communicate(timeout=60)
        self.assertEqual(self.states(), ["running"])
        self.expect(0, "generate", "-p", "x", "-o", "d" + CLIP_SUFFIX)
        self.assertEqual(self.states(), ["interrupted", "finished"])

    def test_interrupted_by_a_signal_is_cancelled(self):
        self.end(self.start_in("denoise"), signal.SIGINT)
        self.assertEqual(self.states(), ["cancelled"])

    def test_journal_that_cannot_be_opened_does_not_stop_the_job(self):
        self.data.mkdir(parents=True)
        (self.data / "journal.sqlite").write_bytes(os.urandom(5000))
        done = self.expect(0, "generate", "-p", "x", "-o", "d" + CLIP_SUFFIX)
        self.assertIn("No journal is kept", done.err)


if __name__ == "__main__":
    main()
