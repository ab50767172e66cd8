"""Files in and out: world, info, and clips made again from their recipe."""

import json
import os
import pathlib
import struct
import unittest
import zlib

from tessera_process import CLIP_SUFFIX, HAS_CODEC, REAL, Case, main


def png_size(path):
    data = pathlib.Path(path).read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", data[16:24])


class World(Case):
    program = REAL

    def test_seed_to_clip_with_its_caption(self):
        done = self.expect(0, "world", "--seed", "7", "-o", "w" + CLIP_SUFFIX)
        self.assertEqual(len(done.out.splitlines()), 1)
        self.assertEqual(self.files(), ["w" + CLIP_SUFFIX])
        self.assertEqual(done.out, self.expect(0, "world", "--seed", "7").out)
        self.assertNotEqual(done.out, self.expect(0, "world", "--seed", "8").out)

    def test_equal_seeds_give_equal_bytes(self):
        for name in ["a.npy", "b.npy"]:
            self.expect(0, "world", "-s", "18446744073709551615", "--size", "96x64", "-o", name)
        self.expect(0, "world", "-s", "1", "--size", "96x64", "-o", "c.npy")
        first, second, other = ((self.folder / n).read_bytes() for n in ["a.npy", "b.npy", "c.npy"])
        self.assertEqual(first, second)
        self.assertNotEqual(first, other)
        self.assertEqual(len(first) - 29 * 96 * 64 * 3, len(other) - 29 * 96 * 64 * 3)

    def test_png_frames(self):
        value = self.expect_json(0, "world", "--size", "96x64", "-o", "f.png")
        self.assertEqual(value["files"], 29)
        self.assertEqual(len(self.files()), 29)
        self.assertEqual(png_size(self.folder / self.files()[0]), (96, 64))

    def test_contact_sheet_lists_its_captions(self):
        done = self.expect(0, "world", "--sheet", "s.png", "--count", "5", "--columns", "3", "--size", "96x64",
                           "--seed", "10")
        self.assertEqual([line.split()[0] for line in done.out.splitlines()], ["10", "11", "12", "13", "14"])
        width, height = png_size(self.folder / "s.png")
        self.assertGreaterEqual(width, 3 * 96)
        self.assertGreaterEqual(height, 2 * 64)

    def test_json_describes_the_scene(self):
        value = self.expect_json(0, "world", "--seed", "7")
        self.assertEqual((value["width"], value["height"], value["video_frames"]), (288, 192, 29))
        for thing in value["scene"]["objects"]:
            self.assertEqual({"class", "colour", "texture", "size", "motion"} - set(thing), set())

    def test_held_out_compositions_can_be_asked_for(self):
        for seed in range(5):
            value = self.expect_json(0, "world", "--seed", str(seed), "--held-out", "only")
            self.assertTrue(value["scene"]["held_out"])
            value = self.expect_json(0, "world", "--seed", str(seed), "--held-out", "never")
            self.assertFalse(value["scene"]["held_out"])

    def test_size_that_is_not_three_to_two_is_answered_with_one_that_is(self):
        done = self.expect(2, "world", "--size", "100x100", "-o", "x.npy")
        self.assertIn("--size 96x64", done.err)
        self.assertEqual(self.files(), [])

    def test_names_that_cannot_be_written(self):
        self.assertIn(".avi", self.expect(2, "world", "-o", "x.avi").err)
        self.assertIn("s.png", self.expect(2, "world", "--sheet", "s.jpg").err)
        done = self.run_words("world", "-o", "nowhere/x" + CLIP_SUFFIX)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("nowhere", done.err)
        self.assertEqual(self.files(), [])

    def test_sheet_of_unreasonable_size_is_refused(self):
        self.expect(2, "world", "--sheet", "s.png", "--count", "1024", "--size", "4080x2720")


class Info(Case):
    def recipe(self, **changes):
        value = {"schema": 1, "asked": {"prompt": "a ball", "seed": 3}}
        value.update(changes)
        return value

    def write(self, name, content):
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        (self.folder / name).write_bytes(data)
        return name

    def test_recipe_file(self):
        value = self.expect_json(0, "info", self.write("r.json", self.recipe(mood="calm")))
        self.assertEqual(value["kind"], "recipe")
        self.assertEqual(value["recipe"]["asked"]["prompt"], "a ball")
        self.assertEqual(value["recipe"]["mood"], "calm")
        self.assertIn("Seed: 3", self.expect(0, "info", "r.json").out)

    def test_newer_recipe_is_refused_with_a_sentence(self):
        done = self.expect(5, "info", self.write("r.json", self.recipe(schema=2)))
        self.assertIn("schema 2", done.err)

    def test_weights(self):
        header = json.dumps({"w": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}).encode()
        name = self.write("w.safetensors", struct.pack("<Q", len(header)) + header + bytes(24))
        value = self.expect_json(0, "info", name)
        self.assertEqual(value["kind"], "weights")
        self.assertEqual(value["tensors"][0]["shape"], [2, 3])

    def test_model_folder(self):
        self.expect(5, "info", ".")
        self.write("model_index.json", {})
        self.assertEqual(self.expect_json(0, "info", ".")["kind"], "model")

    def test_picture(self):
        self.expect(0, "world", "--sheet", "s.png", "--count", "1", "--size", "96x64")
        if HAS_CODEC:
            value = self.expect_json(0, "info", "s.png")
            self.assertEqual((value["kind"], value["width"]), ("picture", 96))
        else:
            self.assertIn("codec", self.expect(5, "info", "s.png").err)

    def test_what_is_nothing_known_is_refused_with_a_sentence(self):
        deep = b"[" * 100000
        for name, content in [("empty", b""), ("noise", os.urandom(4096)), ("text", b"hello"), ("cut.json", b"{"),
                              ("deep.json", b'{"a":' + deep), ("list.json", b"[1, 2]"), ("other.json", b"{}"),
                              ("cut.safetensors", b"\x10"), ("zip", b"PK\x03\x04" + bytes(100)),
                              ("cut.mp4", b"\x00\x00\x00\x20ftypisom" + bytes(8)),
                              ("huge.json", b'{"schema": 1, "asked": {"width": 1e400}}'),
                              ("gzip", zlib.compress(b"x" * 100))]:
            done = self.expect(5, "info", self.write(name, content))
            self.assertGreater(len(done.err), 30, name)

    def test_what_is_no_file(self):
        self.expect(5, "info", "nothing")
        os.mkfifo(self.folder / "pipe")
        self.expect(5, "info", "pipe")


class Plan(Case):
    program = REAL

    def test_masks_print_the_published_sparsities(self):
        lines = self.expect(0, "plan", "masks", "--frames", "8", "--tokens", "3600", "--text", "0").out.splitlines()
        self.assertEqual(len(lines), 1 + 5)
        self.assertIn("2:6", lines[2])
        self.assertIn("skips 45.47 % (keeps 54.53 %) of 128-blocks", lines[2])
        value = self.expect_json(0, "plan", "masks", "--shape", "cogvideox-5b")
        self.assertEqual([value[key] for key in ["frames", "tokens", "text", "block"]], [13, 1350, 226, 128])
        self.assertEqual([row["mask"] for row in value["masks"]], ["1:12", "2:11", "3:10", "4:9", "5:8", "7:6", "full"])
        self.assertAlmostEqual(value["masks"][0]["block_sparsity"], 0.7411, places=4)
        self.assertEqual(value["masks"][2]["reference_frames"], [0, 5, 10])
        self.assertEqual(value["masks"][-1]["element_sparsity"], 0)

    def test_flags_win_over_the_shape(self):
        value = self.expect_json(0, "plan", "masks", "--shape", "osp-29f", "--frames", "24", "--block", "64")
        self.assertEqual([value[key] for key in ["frames", "tokens", "block"]], [24, 3600, 64])

    def test_what_is_missing_is_named(self):
        self.assertIn("masks", self.expect(2, "plan").err)
        self.assertIn("--tokens", self.expect(2, "plan", "masks", "--frames", "8").err)
        self.assertIn("osp-93f", self.expect(2, "plan", "masks", "--shape", "osp").err)
        large = ["--frames", "4096", "--tokens", "1000000", "--block", "1"]
        self.assertIn("--block", self.expect(2, "plan", "masks", *large).err)


class PlanFiles(Case):
    """Plan files on the engine that pretends: 3 layers of 4 heads, 8 latent frames of 216 tokens."""

    def write(self, name="light.plan.json", masks=("2:6", "full", "2:6/4:4/full/2:6"), **changes):
        layers = [{"heads": mask.split("/")} if "/" in mask else {"mask": mask} for mask in masks]
        value = {"kind": "tessera.plan", "schema": 1, "frames": 8, "tokens": 216, "text": 0, "layers": layers}
        value.update(changes)
        (self.folder / name).write_text(json.dumps(value))
        return name

    def test_show_works_sparsities_out_for_the_clip_asked_for(self):
        name = self.write(threshold=0.02, search={"mode": "greedy", "options": {"probe": "final"}}, mood="calm")
        value = self.expect_json(0, "plan", "show", name)
        self.assertEqual([layer["mask"] for layer in value["layers"]], ["2:6", "full", "2:6/4:4/full/2:6"])
        self.assertEqual(value["layers"][0]["element_sparsity"], 0.46875)
        self.assertEqual(value["plan"]["mood"], "calm")
        self.assertRegex(value["hash"], r"^[0-9a-f]{16}$")
        value = self.expect_json(0, "plan", "show", name, "--shape", "osp-29f")
        self.assertAlmostEqual(value["layers"][0]["block_sparsity"], 0.4547, places=4)
        self.assertEqual((value["tokens"], value["masks"][0]), (3600, {"mask": "2:6", "layers": 1}))
        value = self.expect_json(0, "plan", "show", name, "--tokens", "96", "--text", "7", "--block", "64")
        self.assertEqual([value[key] for key in ["frames", "tokens", "text", "block"]], [8, 96, 7, 64])
        text = self.expect(0, "plan", "show", name, "--shape", "osp-29f").out
        self.assertIn("skips 45.47 % (keeps 54.53 %) of 128-blocks", text)
        self.assertIn("greedy, r 0.020000", text)

    def test_info_describes_a_plan(self):
        name = self.write()
        self.assertEqual(self.expect_json(0, "info", name), self.expect_json(0, "plan", "show", name))

    def test_check_holds_a_plan_against_a_model(self):
        (self.folder / "model_index.json").write_text("{}")
        self.assertFalse("is_same_model" in self.expect_json(0, "plan", "check", self.write()))
        value = self.expect_json(0, "plan", "check", self.write(model_hash="00112233445566aa"), "--model", ".")
        self.assertTrue(value["is_same_model"])
        done = self.expect(0, "plan", "check", self.write(model_hash="ffffffffffffffff"), "--model", ".")
        self.assertIn("ffffffffffffffff", done.err)
        done = self.expect(2, "plan", "check", self.write(masks=["2:6"] * 5), "--model", ".")
        self.assertIn("The plan has 5 layers, the model has 3. Open a plan made for this model", done.err)
        self.expect(2, "plan", "check", self.write(masks=["2:6", "full", "full/2:6"]), "--model", ".")
        self.expect(2, "plan", "check", self.write(masks=["2:11"] * 3, frames=13), "--model", ".")
        self.expect(5, "plan", "check", self.write(), "--model", "nothing")

    def test_hostile_plans_are_refused_with_a_sentence(self):
        for changes in [{"schema": 2}, {"kind": "tessera.recipe"}, {"frames": 10**9}, {"layers": [{"mask": "9:9"}]},
                        {"layers": []}, {"tokens": -1}, {"block": 0}, {"threshold": "small"}]:
            name = self.write(**changes)
            for words in [["plan", "show", name], ["plan", "check", name], ["generate", "-p", "x", "--plan", name]]:
                self.assertGreater(len(self.expect(5, *words).err), 30, changes)
        (self.folder / "cut.plan.json").write_text('{"kind": "tessera.plan", "layers": [[[')
        self.expect(5, "plan", "check", "cut.plan.json")
        self.assertIn("nothing.plan.json", self.expect(5, "plan", "show", "nothing.plan.json").err)

    def test_make_writes_a_plan_that_fits(self):
        self.expect(0, "plan", "make", "-o", "a.plan.json", "--mask", "2:6")
        value = self.expect_json(0, "plan", "show", "a.plan.json")
        self.assertEqual([layer["mask"] for layer in value["layers"]], ["2:6"] * 3)
        self.assertEqual(value["plan"]["model_hash"], "00112233445566aa")
        self.expect(0, "plan", "make", "-o", "b.plan.json", "--mask", "2:6,full,2:6/4:4/full/2:6")
        self.assertEqual(self.expect_json(0, "plan", "show", "b.plan.json")["hash"],
                         self.expect_json(0, "plan", "show", self.write())["hash"])
        for masks in ["2:5", "2:6,2:6", "2:6/4:4", ""]:
            self.expect(2, "plan", "make", "-o", "c.plan.json", "--mask", masks)
        self.expect(2, "plan", "make", "--mask", "2:6")
        self.expect(2, "plan", "make", "-o", "c.plan.json")
        self.assertFalse((self.folder / "c.plan.json").exists())

    def test_generate_and_eval_take_the_masks_of_a_plan(self):
        name = self.write()
        done = self.expect_json(0, "generate", "-p", "a ball", "--plan", name, "-o", "a" + CLIP_SUFFIX)
        self.assertEqual(done["effective"]["masks"], ["2:6", "full", "2:6/4:4/full/2:6"])
        self.assertEqual(done["effective"]["plan"]["file"], name)
        self.assertEqual(done["effective"]["plan"]["hash"], self.expect_json(0, "plan", "show", name)["hash"])
        if HAS_CODEC:
            again = self.expect_json(0, "generate", "--recipe", "a.mp4", "-o", "b.mp4")["effective"]
            self.assertEqual((again["masks"], again["plan"]["file"]), (done["effective"]["masks"], name))
            again = self.expect_json(0, "generate", "--recipe", "a.mp4", "--mask", "2:6", "-o", "b.mp4")["effective"]
            self.assertEqual((again["masks"], again["plan"]), (["2:6"], None))
        self.expect(0, "eval", "--plan", name)
        for verb in [["generate", "-p", "x"], ["eval"]]:
            self.assertIn("--mask", self.expect(2, *verb, "--plan", name, "--mask", "2:6").err)
            self.assertIn("5 layers", self.expect(2, *verb, "--plan", self.write("five.json", ["2:6"] * 5)).err)

    def test_files_and_shapes_that_do_not_belong_are_named(self):
        self.assertIn("plan show", self.expect(2, "plan", "show").err)
        self.assertIn("one word too many", self.expect(2, "plan", "masks", "x.json", "--shape", "osp-29f").err)
        self.assertIn("24", self.expect(2, "plan", "show", self.write(), "--shape", "osp-93f").err)
        large = ["--tokens", "1000000", "--block", "1"]
        self.assertIn("--block", self.expect(2, "plan", "show", self.write(), *large).err)


class Recipe(Case):
    def make(self, name, *words):
        return self.expect_json(0, "generate", "-o", name, *words)

    @unittest.skipUnless(HAS_CODEC, "recipes travel inside clips that a codec wrote")
    def test_clip_is_made_again_from_itself(self):
        first = self.make("a.mp4", "-p", "a ball", "-s", "18446744073709551615", "--steps", "6", "--cfg-scale", "3.5")
        second = self.make("b.mp4", "--recipe", "a.mp4")
        for key in ["prompt", "seed", "steps", "cfg_scale", "width", "height", "threads", "device", "precision"]:
            self.assertEqual(first["effective"][key], second["effective"][key], key)
        self.assertEqual(self.expect_json(0, "info", "a.mp4")["recipe"]["asked"]["seed"], 18446744073709551615)

    @unittest.skipUnless(HAS_CODEC, "recipes travel inside clips that a codec wrote")
    def test_metadata_can_be_left_out(self):
        self.make("a.mp4", "-p", "a ball", "--no-metadata")
        self.assertIsNone(self.expect_json(0, "info", "a.mp4")["recipe"])
        self.expect(5, "generate", "--recipe", "a.mp4", "-o", "b.mp4")
        self.assertEqual(self.files(), ["a.mp4"])

    def write_recipe(self, **asked):
        value = {"schema": 1, "asked": {"prompt": "a ball", "seed": 3, "steps": 5, "cfg_scale": 2.0, **asked}}
        (self.folder / "r.json").write_text(json.dumps(value))

    def test_flags_change_single_values_of_a_recipe(self):
        self.write_recipe()
        name = "c" + CLIP_SUFFIX
        value = self.make(name, "--recipe", "r.json", "--steps", "9", "-s", "4")["effective"]
        self.assertEqual((value["prompt"], value["seed"], value["steps"], value["cfg_scale"]), ("a ball", 4, 9, 2.0))
        value = self.make(name, "-p", "a cube", "--recipe", "r.json")["effective"]
        self.assertEqual((value["prompt"], value["seed"]), ("a cube", 3))

    def test_model_other_than_the_recipes_is_said(self):
        value = {"schema": 1, "model_hash": "ffffffffffffffff", "asked": {"prompt": "a ball"}}
        (self.folder / "r.json").write_text(json.dumps(value))
        done = self.expect(0, "generate", "--recipe", "r.json", "-o", "c" + CLIP_SUFFIX, "--quiet")
        self.assertIn("ffffffffffffffff", done.err)

    def test_hostile_recipes_are_refused(self):
        for asked in [{"width": -5}, {"steps": 10**12}, {"prompt": 7}, {"fps": "8"}, {"device": "moon"}]:
            self.write_recipe(**asked)
            self.expect(5, "generate", "--recipe", "r.json", "-o", "c.npy")
        self.assertEqual(self.files(), ["r.json"])


if __name__ == "__main__":
    main()
