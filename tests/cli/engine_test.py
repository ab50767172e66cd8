"""The real program on the real engine and the bundled model, at sizes a laptop makes in seconds."""

import json
import signal
import time
import unittest

from tessera_process import CLIP_SUFFIX, HAS_CODEC, REAL, Case, main

SMALL = ["-W", "192", "-H", "128", "--steps", "4", "--threads", "2", "--precision", "fp32"]


class RealCase(Case):
    program = REAL

    def setUp(self):
        super().setUp()
        models = json.loads(self.expect(0, "models", "list", "--json").out)["models"]
        self.bundled = [m for m in models if m["bundled"]]
        if not self.bundled:
            self.skipTest("the bundled model is not in the tree")


class RealModels(RealCase):
    def test_bundled_model_is_whole_and_its_hash_is_stable(self):
        checked = self.expect_json(0, "models", "check")
        self.assertEqual(checked["problems"], [])
        self.assertRegex(checked["hash"], r"^[0-9a-f]{16}$")
        self.assertEqual(self.expect(0, "models", "hash").out.strip(), checked["hash"])

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
        return self.expect_json(0, "generate", "-p", "a red ball bounces", "-s", "7", *SMALL, "-o", name, *words,
                                timeout=600)

    def test_equal_recipes_give_equal_frames(self):
        first = self.generate("a.npy")
        self.assertEqual(first["steps_done"], 4)
        self.assertEqual(first["effective"]["width"], 192)
        self.generate("b.npy")
        self.expect_json(0, "generate", "-p", "a red ball bounces", "-s", "8", *SMALL, "-o", "c.npy", timeout=600)
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

    def test_unknown_words_are_said(self):
        value = self.expect_json(0, "generate", "-p", "a red ball xyzzyplugh bounces", *SMALL, "--dry-run")
        self.assertIn("xyzzyplugh", value["ignored_words"])
        self.assertGreater(value["estimate_seconds"], 0)

    def test_size_that_the_model_cannot_make_is_answered_with_one_it_can(self):
        done = self.expect(2, "generate", "-p", "a red ball", "-W", "193", "-o", "c.npy")
        self.assertRegex(done.err, r"\b19[0-9]|\b[12]\d\d\b")
        self.assertEqual(self.files(), [])


class RealSignals(RealCase):
    def test_interrupt_ends_each_phase_and_leaves_nothing(self):
        for phase in ["load", "denoise", "decode"]:
            process = self.start("generate", "-p", "a red ball", "-W", "288", "-H", "192", "--steps",
                                 "2" if phase == "decode" else "50", "-o", "c" + CLIP_SUFFIX, "--progress", "json")
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
