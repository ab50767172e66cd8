"""The real program on the real engine and the bundled model, at sizes a laptop makes in seconds."""

import json
import os
import pathlib
import shutil
import signal
import time
import unittest

from tessera_process import CLIP_SUFFIX, HAS_CODEC, REAL, Case, main

BUNDLED = pathlib.Path(__file__).resolve().parents[2] / "resources" / "models" / "tessera-small"
TRAINED = pathlib.Path(os.environ.get("TESSERA_TRAINED_MODEL", "trained-model"))
SMALL = ["-W", "192", "-H", "128", "--steps", "4", "--threads", "2", "--precision", "fp32"]


class RealTraining(Case):
    """Trains the full-size networks for two steps: the model of the tests below where no bundled weights are."""

    program = REAL

    def train(self, network, run, **config):
        path = self.folder / f"{network}.json"
        path.write_text(json.dumps(config))
        return self.expect_json(0, "train", network, "--config", path, "--run", run, "--model", TRAINED,
                                "--steps", "2", "--device", "cpu", "--quiet")

    def test_two_networks_make_a_whole_model(self):
        shutil.rmtree(TRAINED, ignore_errors=True)
        vae = self.train("vae", "vae", batch=1, crop=32, frames=5, judged=1, judged_height=64)
        self.assertEqual(vae["step"], 2)
        base = self.train("base", "base", judged=1, judged_steps=1, judged_height=64,
                          sizes=[dict(height=64, batch=1, pool=8, initial=8, clips_per_step=0, encode_batch=8)])
        self.assertGreater(base["loss"], 0)
        (TRAINED / "model_card.md").write_text("Two steps: nothing to see yet.\n")
        checked = self.expect_json(0, "models", "check", TRAINED)
        self.assertEqual([c["name"] for c in checked["components"]], ["text_encoder", "transformer", "vae"])
        self.assertGreater(checked["parameters"], 5e6)


class RealCase(Case):
    program = REAL

    def setUp(self):
        super().setUp()
        self.model = BUNDLED if (BUNDLED / "transformer" / "config.json").exists() else TRAINED


class RealModels(RealCase):
    def test_model_is_whole_and_its_hash_is_stable(self):
        checked = self.expect_json(0, "models", "check", self.model)
        self.assertRegex(checked["hash"], r"^[0-9a-f]{16}$")
        self.assertEqual(self.expect(0, "models", "hash", self.model).out.strip(), checked["hash"])

    def test_bench_times_the_kernels_and_holds_them_to_exact_rows(self):
        made = self.expect_json(0, "bench", "--shape", "4,40,3,2,64", "--mask", "2:2,full", "--backward", "--runs", "3",
                                "--warm-ups", "1", "--precision", "fp32", "--device", "cpu", "-o", "b.json")
        self.assertEqual(json.loads((self.folder / "b.json").read_text()), made)
        kept = {(r["mask"], r["pass"], r["kernel"]): r for r in made["rows"] if r["verdict"] == "agrees"}
        for mask in ["2:2", "full"]:
            for which in ["forward", "backward"]:
                for kernel in ["dense", "composed"]:
                    row = kept[mask, which, kernel]
                    self.assertLess(row["error"], 1e-4)
                    self.assertGreater(row["teraflops"], 0)
        self.assertNotIn("wrong", [r["verdict"] for r in made["rows"]])
        table = self.expect(0, "bench", "--shape", "4,40,3,2,64", "--mask", "2:2", "--runs", "3", "--device", "cpu").out
        self.assertIn("4,40,3,2,64, mask 2:2, forward", table)
        self.expect(2, "bench", "--mask", "2:5", "--device", "cpu")
        self.expect(4, "bench", "--shape", "4096,1000000,0,1024,64", "--mask", "full", "--device", "cpu")
        self.assertEqual(self.files(), ["b.json"])

    def test_bench_times_whole_steps(self):
        words = ["bench", "--step", "bundled-128x192", "--mask", "2:6,full", "--runs", "1", "--warm-ups", "0", "--device",
                 "cpu"]
        made = self.expect_json(0, *words, "-o", "b.json")
        self.assertEqual(json.loads((self.folder / "b.json").read_text()), made)
        self.assertEqual(made["rows"], [])
        self.assertEqual([(r["mask"], r["baseline"], r["verdict"]) for r in made["steps"]],
                         [("full", True, "agrees"), ("2:6", False, "agrees"), ("full", False, "agrees")])
        for row in made["steps"]:
            self.assertGreater(row["median_ms"], row["attention_ms"])
            self.assertAlmostEqual(row["attention_share"], row["attention_ms"] / row["median_ms"])
        self.assertIn("bundled-128x192, whole step: 8 layers", self.expect(0, *words).out)
        refused = self.expect(2, "bench", "--step", "osp-30f", "--device", "cpu")
        self.assertIn("osp-29f", refused.err)
        self.expect(2, *words, "--shape", "osp-29f")
        self.assertEqual(self.files(), ["b.json"])

    def test_doctor_times_a_product_of_each_precision(self):
        report = self.expect_json(0, "doctor", "--seconds", "1")
        self.assertIn("fp32", [p["precision"] for p in report["matrix_products"]])
        self.assertTrue(all(f["path"] for f in report["folders"]))

    def test_folder_without_a_model(self):
        self.expect(5, "models", "check", ".")
        self.expect(5, "generate", "-p", "a red ball", "--model", ".", "-o", "c" + CLIP_SUFFIX)
        self.assertEqual(self.files(), [])


class RealGeneration(RealCase):
    def generate(self, name, *words):
        return self.expect_json(0, "generate", "-p", "a red ball bounces", "-s", "7", *SMALL, "--model", self.model,
                                "-o", name, *words, timeout=600)

    def test_equal_recipes_give_equal_frames(self):
        first = self.generate("a.npy")
        self.assertEqual(first["steps_done"], 4)
        self.assertEqual(first["effective"]["width"], 192)
        self.generate("b.npy")
        self.generate("c.npy", "-s", "8")
        a, b, c = ((self.folder / n).read_bytes() for n in ["a.npy", "b.npy", "c.npy"])
        self.assertEqual(a, b)
        self.assertNotEqual(a, c)

    @unittest.skipUnless(HAS_CODEC, "recipes travel inside clips that a codec wrote")
    def test_clip_holds_the_recipe_that_makes_it_again(self):
        self.generate("a.mp4")
        info = self.expect_json(0, "info", "a.mp4")
        self.assertEqual((info["width"], info["height"], info["video_frames"]), (192, 128, 29))
        self.assertEqual(info["recipe"]["effective"]["steps"], 4)
        self.expect_json(0, "generate", "--recipe", "a.mp4", "-o", "b.npy", timeout=600)
        self.generate("c.npy")
        self.assertEqual((self.folder / "b.npy").read_bytes(), (self.folder / "c.npy").read_bytes())

    def test_mask_changes_the_clip_and_stays_in_its_recipe(self):
        sparse = self.generate("a" + CLIP_SUFFIX, "--mask", "2:6")
        self.assertEqual(sparse["effective"]["masks"], ["2:6"])
        self.generate("b.npy", "--mask", "2:6,2:6,2:6,2:6,2:6,2:6,2:6,2:6")
        self.generate("c.npy")
        self.assertNotEqual((self.folder / "b.npy").read_bytes(), (self.folder / "c.npy").read_bytes())
        if HAS_CODEC:
            self.expect_json(0, "generate", "--recipe", "a" + CLIP_SUFFIX, "-o", "d.npy", timeout=600)
            self.assertEqual((self.folder / "b.npy").read_bytes(), (self.folder / "d.npy").read_bytes())
        refused = self.expect(2, "generate", "-p", "a red ball", "--model", self.model, "--mask", "2:5", "-o", "e.npy")
        self.assertIn("2:6", refused.err)
        for words in ["", "2:6,", ",", ",2:6"]:
            self.expect(2, "generate", "-p", "a red ball", "--model", self.model, "--mask", words, "-o", "e.npy")

    def test_a_plan_made_for_the_model_decides_its_masks(self):
        self.expect(0, "plan", "make", "-o", "a.plan.json", "--mask", "2:6/4:4/full/2:6", "--model", self.model)
        checked = self.expect_json(0, "plan", "check", "a.plan.json", "--model", self.model)
        self.assertTrue(checked["is_same_model"])
        made = self.generate("a.npy", "--plan", "a.plan.json")
        self.assertEqual(made["effective"]["masks"], ["2:6/4:4/full/2:6"])
        self.assertEqual(made["effective"]["plan"]["hash"], checked["hash"])
        self.generate("b.npy", "--mask", "2:6/4:4/full/2:6")
        self.assertEqual((self.folder / "a.npy").read_bytes(), (self.folder / "b.npy").read_bytes())

    def test_unknown_words_are_said(self):
        value = self.expect_json(0, "generate", "-p", "a red ball xyzzyplugh bounces", *SMALL, "--model", self.model,
                                 "--dry-run")
        self.assertIn("xyzzyplugh", value["ignored_words"])

    def test_estimate_comes_from_this_machine_then_from_its_runs(self):
        first = self.generate("a.npy", "--dry-run")
        self.assertGreater(first["estimate_seconds"], 0)
        took = self.generate("a.npy")["seconds_total"]
        second = self.generate("b.npy", "--dry-run")
        self.assertLess(abs(second["estimate_seconds"] - took), 0.2 * took)
        self.assertLess(second["estimate_plus_minus"], first["estimate_plus_minus"] / first["estimate_seconds"] * took)

    def test_size_that_the_model_cannot_make_is_answered_with_one_it_can(self):
        done = self.expect(2, "generate", "-p", "a red ball", "--model", self.model, "-W", "193", "-o", "c.npy")
        self.assertRegex(done.err, r"\b19[0-9]|\b[12]\d\d\b")
        self.assertEqual(self.files(), [])


class RealSignals(RealCase):
    def test_interrupt_ends_a_bench(self):
        process = self.start("bench", "--shape", "4,40,3,2,64", "--runs", "100000", "--device", "cpu", "-o", "b.json",
                             "--progress", "json")
        for line in process.stderr:
            if json.loads(line)["event"] == "step":
                break
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(self.files(), [])

    def test_interrupt_ends_each_phase_and_leaves_nothing(self):
        for phase in ["load", "denoise", "decode"]:
            process = self.start("generate", "-p", "a red ball", "--model", self.model, "-W", "288", "-H", "192",
                                 "--steps", "2" if phase == "decode" else "50", "-o", "c" + CLIP_SUFFIX, "--progress", "json")
            for line in process.stderr:
                event = json.loads(line)
                if event["event"] == "stage" and event["phase"] == phase:
                    break
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
            self.assertEqual(process.returncode, 130, phase)
            self.assertLess(time.monotonic() - began, 10.0, phase)
            self.assertEqual(self.files(), [], phase)


if __name__ == "__main__":
    main()
