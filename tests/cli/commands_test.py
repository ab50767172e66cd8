"""Words, exit codes, JSON and progress of every verb, on the engine that pretends."""

import json
import os
import signal
import subprocess

from tessera_process import CLIP_SUFFIX, REAL, VERBS, Case, main


class Help(Case):
    def test_overview_names_every_verb(self):
        done = self.expect(0, "--help")
        for verb in VERBS:
            self.assertIn(f"\n  {verb} ", done.out)
        self.assertIn("Example:", done.out)
        self.assertEqual(done.err, "")

    def test_every_verb_shows_an_example_that_begins_with_it(self):
        for verb in VERBS:
            done = self.expect(0, verb, "--help")
            example = done.out.split("Example:\n", 1)[1].strip()
            self.assertTrue(example.startswith(f"tessera {verb}"), example)
            for flag in ["--json", "--progress", "--quiet", "--verbose", "--data-dir"]:
                self.assertIn(flag, done.out)

    def test_version(self):
        self.assertRegex(self.expect(0, "--version").out, r"^tessera \d+\.\d+\.\d+\n$")

    def test_no_word_at_all_is_answered_with_the_overview(self):
        done = self.expect(2)
        self.assertEqual(done.out, "")
        self.assertIn("Usage: tessera COMMAND", done.err)

    def test_the_real_program_has_the_same_verbs(self):
        self.program = REAL
        self.test_overview_names_every_verb()
        self.test_every_verb_shows_an_example_that_begins_with_it()


class WrongWords(Case):
    def wrong(self, *words, says):
        done = self.expect(2, *words)
        self.assertEqual(done.out, "")
        for part in says:
            self.assertIn(part, done.err)

    def test_verb(self):
        self.wrong("genrate", says=["'genrate'", "Did you mean 'generate'?"])
        self.wrong("upscale", says=["'upscale'", "generate", "doctor"])

    def test_flag(self):
        self.wrong("generate", "-p", "x", "--stpes", "5", says=["--stpes", "Did you mean --steps?"])
        self.wrong("generate", "-p", "x", "--stpes=5", says=["--stpes", "Did you mean --steps?"])
        self.wrong("world", "--xyzzy", says=["--xyzzy", "--help"])

    def test_flag_before_the_verb(self):
        self.wrong("--steps", "5", "generate", says=["--steps", "command first"])

    def test_value(self):
        self.wrong("generate", "-p", "x", "--stage", "bsae", says=["bsae", "base|mlcd|sparse", "Did you mean base?"])
        self.wrong("generate", "-p", "x", "--device", "gpu", says=["gpu", "cuda:0"])
        self.wrong("generate", "-p", "x", "--steps", "many", says=["many", "whole number"])
        self.wrong("generate", "-p", "x", "--steps", "0", says=["from 1 to"])
        self.wrong("generate", "-p", "x", "--steps", "5.5", says=["5.5"])
        self.wrong("generate", "-p", "x", "--cfg-scale", "4,5", says=["4,5", "number"])
        self.wrong("generate", "-p", "x", "--cfg-scale", "nan", says=["nan"])
        self.wrong("generate", "-p", "x", "-s", "-1", says=["-1", "18446744073709551615"])
        self.wrong("generate", "-p", "x", "-s", "18446744073709551616", says=["18446744073709551616"])
        self.wrong("generate", "-p", "x", "--progress", "jsn", says=["Did you mean json?"])
        self.wrong("world", "--size", "288", says=["288x192"])
        self.wrong("train", "veo", says=["vae|base|eval"])
        self.wrong("models", "chekc", says=["Did you mean check?"])
        self.wrong("bench", "--shape", "osp-29", says=["osp-29", "Did you mean osp-29f?"])
        self.wrong("bench", "--shape", "osp-29f,8,3600,0,24", says=["'8,3600,0,24'", "five numbers", "8,3600,0,24,96"])
        self.wrong("bench", "--kernel", "composd", says=["composd", "Did you mean composed?"])
        self.wrong("bench", "--runs", "0", says=["from 1 to"])

    def test_value_that_is_not_there(self):
        self.wrong("generate", "--prompt", says=["--prompt", "no value"])
        self.wrong("generate", "-p", "x", "-o", "", says=["--output", "empty"])

    def test_too_many_words(self):
        self.wrong("generate", "-p", "a", "red", "ball", says=["'red'", "quotes"])

    def test_what_has_to_be_said(self):
        self.wrong("generate", says=["--prompt", "--recipe"])
        self.wrong("train", "--run", "r", "--steps", "1", says=["vae, base or eval"])
        self.wrong("train", "vae", "--steps", "1", says=["--run"])
        self.wrong("train", "vae", "--run", "r", says=["--minutes", "--steps"])
        self.wrong("info", says=["no file"])

    def test_prompt_that_is_no_text(self):
        done = subprocess.run([os.fsencode(self.program), b"generate", b"-p", b"a \xff ball"], cwd=self.folder,
                              env=self.environment, capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"UTF-8", done.stderr)


class Json(Case):
    def test_every_verb_prints_one_object(self):
        clip = "c" + CLIP_SUFFIX
        made = self.expect_json(0, "generate", "-p", "a ball", "-s", "7", "-o", clip)
        self.assertEqual(made["path"], clip)
        self.assertEqual(made["effective"]["seed"], 7)
        self.assertEqual(made["understood_as"], "ball")
        self.assertEqual(made["ignored_words"], ["quixotic"])
        self.assertEqual(set(made["times_seconds"]), {"load", "encode", "denoise", "decode", "write"})
        self.assertEqual(self.expect_json(0, "info", clip)["kind"], "clip")
        self.assertEqual(self.expect_json(0, "train", "vae", "--run", "r", "--steps", "2")["step"], 2)
        scores = self.expect_json(0, "eval", "--n", "64")
        self.assertEqual(scores["attributes"]["class"]["n"], 64)
        self.assertEqual(scores["attributes"]["class"]["share"], 58 / 64)
        self.assertIsNone(scores["attributes"]["motion"]["share"])
        self.assertNotIn("held_out", scores["attributes"]["motion"])
        self.assertEqual(scores["values"]["flicker_difference"]["value"], 0.0005)
        timed = self.expect_json(0, "bench", "--shape", "osp-29f,8,96,0,4,64", "--runs", "7", "-s", "5")
        self.assertEqual((timed["runs"], timed["warm_ups"], timed["seed"]), (7, 25, 5))
        self.assertEqual(timed["environment"]["libraries"], {"LibTorch": "2.11"})
        dense, composed, wrong, not_run = timed["rows"]
        self.assertEqual(dense["shape"], "8,96,0,4,64")
        self.assertEqual((dense["baseline"], dense["verdict"], dense["median_ms"]), (True, "agrees", 12.0))
        self.assertEqual((composed["density"], composed["against_dense"]), (0.53125, 1.5))
        self.assertEqual(wrong["verdict"], "wrong")
        self.assertEqual(not_run["verdict"], "not run")
        for row in [wrong, not_run]:
            for key in ["median_ms", "p20_ms", "p80_ms", "cold_ms", "teraflops", "against_dense"]:
                self.assertIsNone(row[key], key)
        self.assertIn("caption", self.expect_json(0, "world", "--seed", "3"))
        self.assertEqual(len(self.expect_json(0, "models", "list")["models"]), 1)
        self.assertEqual(self.expect_json(0, "models", "hash")["hash"], "00112233445566aa")
        self.assertEqual(self.expect_json(0, "models", "check")["components"][0]["name"], "transformer")
        self.assertEqual(self.expect_json(0, "doctor")["matrix_products"][0]["precision"], "fp32")

    def test_errors_are_objects_too(self):
        for words, code in [(["generate", "-p", "fail: out_of_memory"], 4), (["generate", "--stpes"], 2),
                            (["genrate"], 2), (["info", "nothing"], 5), (["models", "check", "."], 5)]:
            error = self.expect_json(code, *words)["error"]
            self.assertTrue(error["message"] and error["hint"] and error["code"], error)

    def test_progress_and_messages_go_elsewhere(self):
        done = self.expect(0, "generate", "-p", "x", "-o", "c" + CLIP_SUFFIX, "--json", "--progress", "json")
        json.loads(done.out)
        self.assertNotEqual(done.err, "")


class ExitCodes(Case):
    def test_each_kind_of_error_has_its_code(self):
        for kind, code in [("bad_input", 2), ("bad_file", 5), ("bad_model", 5), ("out_of_memory", 4),
                           ("infeasible_plan", 3), ("no_space", 1), ("internal", 1)]:
            done = self.expect(code, "generate", "-p", f"fail: {kind}", "-o", "c.npy")
            self.assertIn("It went wrong as asked. Ask for something else.", done.err)
            self.assertEqual(done.out, "")
            self.assertEqual(self.files(), [])

    def test_output_that_cannot_be_delivered_is_an_error(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([self.program, "world", "--seed", "1"], cwd=self.folder, env=self.environment,
                                  stdout=full, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"standard output", done.stderr)

    def test_reader_that_went_away_does_not_kill_the_program(self):
        process = self.start("world", "--sheet", "s.png", "--count", "8", "--size", "96x64")
        process.stdout.close()
        process.stderr.read()
        self.assertEqual(process.wait(timeout=60), 1)
        process.stderr.close()
        self.assertEqual(self.files(), ["s.png"])


class Progress(Case):
    def test_json_lines_tell_the_job_from_queue_to_end(self):
        done = self.expect(0, "generate", "-p", "x", "-o", "c" + CLIP_SUFFIX, "--steps", "3", "--progress", "json",
                           "--quiet")
        events = [json.loads(line) for line in done.err.splitlines()]
        self.assertEqual([e["number"] for e in events], list(range(1, len(events) + 1)))
        names = [e["event"] for e in events]
        self.assertEqual(names[:2], ["queued", "started"])
        self.assertEqual(names[-1], "finished")
        self.assertEqual([n for n in names if n in ("finished", "failed", "cancelled")], ["finished"])
        self.assertEqual([e["phase"] for e in events if e["event"] == "stage"],
                         ["load", "encode", "denoise", "decode", "write"])
        steps = [e for e in events if e["event"] == "step"]
        self.assertEqual(len(steps), 15)
        self.assertEqual(steps[-1]["eta_seconds"], 0)

    def test_failure_is_the_last_line(self):
        done = self.expect(5, "generate", "-p", "fail: bad_model", "--progress", "json")
        lines = [line for line in done.err.splitlines() if line.startswith("{")]
        self.assertEqual(json.loads(lines[-1])["error"]["code"], "bad_model")

    def test_nothing_is_drawn_where_nobody_looks(self):
        done = self.expect(0, "generate", "-p", "x", "-o", "c" + CLIP_SUFFIX, "--quiet")
        self.assertEqual(done.err, "")

    def test_a_bar_is_drawn_when_asked_for_and_removed_at_the_end(self):
        done = self.expect(0, "generate", "-p", "x", "-o", "c" + CLIP_SUFFIX, "--progress", "bar", "--quiet")
        self.assertIn("denoise", done.err)
        self.assertRegex(done.err, r"\[#+\] 4/4")
        self.assertTrue(done.err.endswith(" \r"), repr(done.err[-40:]))


class Text(Case):
    def test_generate_prints_the_path_and_says_the_rest_aside(self):
        clip = "c" + CLIP_SUFFIX
        done = self.expect(0, "generate", "-p", "a quixotic ball", "-o", clip)
        self.assertEqual(done.out, clip + "\n")
        self.assertIn("Understood as: ball", done.err)
        self.assertIn("Ignored words: quixotic", done.err)
        self.assertIn("96x64, 5 frames, 8.00 fps, base, 4 steps, guidance 4.00", done.err)

    def test_no_output_depends_on_the_locale(self):
        commands = [["eval", "--n", "64"], ["doctor"], ["world", "--seed", "5"], ["models", "list"],
                    ["generate", "-p", "x", "--dry-run", "--cfg-scale", "4.25"]]
        for words in commands:
            outputs = {self.expect(0, *words, environment=dict(self.environment, LC_ALL=name, LANG=name)).out
                       for name in ["C", "C.UTF-8", "de_DE.UTF-8", "en_US.UTF-8"]}
            self.assertEqual(len(outputs), 1, words)

    def test_texts_are_ascii(self):
        for words in [["eval", "--n", "64"], ["doctor"], ["models"], ["--help"], ["generate", "--help"]]:
            self.assertTrue(self.expect(0, *words).out.isascii(), words)

    def test_verbose_says_where_an_error_comes_from(self):
        self.assertNotIn("(fake)", self.expect(1, "generate", "-p", "fail: internal").err)
        self.assertIn("fake", self.expect(1, "generate", "-p", "fail: internal", "--verbose").err)


class DryRun(Case):
    def test_says_what_would_run_and_makes_nothing(self):
        done = self.expect(0, "generate", "-p", "a ball", "--steps", "9", "-o", "c.mp4", "--dry-run")
        self.assertIn("9 steps", done.out)
        self.assertIn("Estimate: 12.5 s +- 2.5", done.out)
        self.assertEqual(self.files(), [])
        self.assertFalse(self.data.exists())

    def test_json(self):
        value = self.expect_json(0, "generate", "-p", "a ball", "--dry-run")
        self.assertEqual(value["asked"]["steps"], 0)
        self.assertEqual(value["effective"]["steps"], 4)
        self.assertEqual(value["estimate_seconds"], 12.5)

    def test_refuses_what_the_job_would_refuse(self):
        self.expect(2, "generate", "-p", "fail: bad_input", "--dry-run")


class Output(Case):
    def test_without_a_name_the_clip_goes_to_the_library(self):
        path = self.expect_json(0, "generate", "-p", "x")["path"]
        self.assertTrue(path.startswith(str(self.data / "clips")), path)
        self.assertEqual(self.files(), [])

    def test_data_dir_moves_everything(self):
        other = self.root / "other"
        path = self.expect_json(0, "generate", "-p", "x", "--data-dir", str(other))["path"]
        self.assertTrue(path.startswith(str(other)), path)
        self.assertFalse(self.data.exists())

    def test_the_last_of_two_equal_flags_counts(self):
        value = self.expect_json(0, "generate", "-p", "x", "--dry-run", "--steps", "3", "--steps", "8")
        self.assertEqual(value["effective"]["steps"], 8)

    def test_train_and_eval_print_their_results(self):
        self.assertIn("loss 0.2500", self.expect(0, "train", "vae", "--run", "r", "--steps", "2").out)
        table = self.expect(0, "eval", "--n", "64").out
        self.assertRegex(table, r"class +58/64 +90\.6 % +81\.0 % - 95\.0 % +99\.0 % +87\.5 % \(n 8\)")
        self.assertRegex(table, r"motion +0/0 +- ")


class Queue(Case):
    def save(self, *jobs, **keys):
        text = {"kind": "tessera.queue", "schema": 1,
                "jobs": [{"kind": "generate", "request": dict(job)} for job in jobs]}
        (self.folder / "jobs.queue.json").write_text(json.dumps(dict(text, **keys)))

    def clip(self, prompt, name):
        return {"prompt": prompt, "output": name + CLIP_SUFFIX}

    def test_jobs_are_made_in_their_order(self):
        self.save(self.clip("a ball", "one"), self.clip("two boats", "two"))
        done = self.expect(0, "queue", "run", "jobs.queue.json")
        self.assertRegex(done.out, rf"(?s)^1/2  one{CLIP_SUFFIX}, took .*\n2/2  two{CLIP_SUFFIX}, took ")
        self.assertIn("generate: a ball", done.err)
        self.assertIn("2 of 2 made.", done.err)
        self.assertEqual(self.files(), ["jobs.queue.json", "one" + CLIP_SUFFIX, "two" + CLIP_SUFFIX])

    def test_a_job_that_fails_does_not_stop_the_next(self):
        self.save(self.clip("fail: out_of_memory", "one"), self.clip("a ball", "two"))
        value = self.expect_json(1, "queue", "run", "jobs.queue.json")
        self.assertEqual([job["status"] for job in value["jobs"]], ["failed", "finished"])
        self.assertEqual(value["jobs"][0]["error"]["code"], "out_of_memory")
        self.assertEqual(value["jobs"][1]["result"]["path"], "two" + CLIP_SUFFIX)
        self.assertEqual((value["finished"], value["failed"], value["interrupted"]), (1, 1, False))

    def test_dry_run_lists_the_jobs_with_their_time(self):
        self.save(self.clip("a ball\x1b[31m", "one"), self.clip("b " * 80, "two"), self.clip("fail: bad_input", "three"))
        done = self.expect(1, "queue", "run", "jobs.queue.json", "--dry-run")
        self.assertTrue(done.out.isascii() and "\x1b" not in done.out, done.out)
        self.assertIn("1  generate: a ball [31m\n   96x64, 5 frames", done.out)
        self.assertEqual(done.out.count("Estimate: 12.5 s +- 2.5 s"), 2)
        self.assertIn("Refused: It went wrong as asked.", done.out)
        self.assertIn("3 jobs, about 25.0 s, 1 refused.", done.out)
        self.assertEqual(self.files(), ["jobs.queue.json"])
        value = self.expect_json(1, "queue", "run", "jobs.queue.json", "--dry-run")
        self.assertEqual(value["estimate_seconds"], 25.0)
        self.assertEqual(value["jobs"][0]["effective"]["steps"], 4)
        self.assertFalse(self.data.exists())

    def test_an_empty_queue_is_no_error(self):
        self.save()
        self.assertIn("0 jobs.", self.expect(0, "queue", "run", "jobs.queue.json", "--dry-run").out)
        self.expect(0, "queue", "run", "jobs.queue.json")

    def test_files_that_are_no_queue(self):
        self.expect(5, "queue", "run", "none.queue.json")
        self.save(self.clip("a ball", "one"), kind="tessera.recipe")
        self.assertIn("tessera.recipe", self.expect(5, "queue", "run", "jobs.queue.json").err)
        self.save({"prompt": "a ball", "steps": -1})
        self.assertIn("Job 1: ", self.expect(5, "queue", "run", "jobs.queue.json").err)
        for words in [["queue"], ["queue", "run"], ["queue", "rnu", "x"]]:
            self.expect(2, *words)

    def test_interrupt_ends_the_job_and_the_queue(self):
        self.save(self.clip("a ball", "one"), self.clip("stay in denoise", "two"), self.clip("a ball", "three"))
        process = self.start("queue", "run", "jobs.queue.json", "--json", "--progress", "json")
        for line in process.stderr:
            if line.startswith(b"{") and json.loads(line)["event"] == "step" and json.loads(line)["job"] == 2:
                process.send_signal(signal.SIGINT)
                break
        out, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        value = json.loads(out)
        self.assertEqual([job["status"] for job in value["jobs"]], ["finished", "cancelled", "not_run"])
        self.assertTrue(value["interrupted"])
        self.assertEqual(self.files(), ["jobs.queue.json", "one" + CLIP_SUFFIX])


if __name__ == "__main__":
    main()
