"""Story 3: a recipe goes from the window into the clip and back, and to the command line."""

import unittest

from drop import Source
from story import PROMPT, Story, generate, pictures_hash, text_of
from window import find, widgets


def shows(state, text):
    return any(text in widget.get("text", "") for widget in widgets(state))


class Recipe(Story):
    def test_export_says_that_the_recipe_is_inside_and_all_places_agree(self):
        self.settle(negative_prompt="fog")
        window = self.open_ready()
        clip = self.make(window)
        copy = self.root / "x.mp4"
        window.key("ctrl+e")
        window.answer_file_dialog("generate.export", copy)
        window.wait("the export", lambda state: shows(state, "Recipe embedded ✓"))
        self.assertEqual(pictures_hash(copy), pictures_hash(clip))
        recipe = self.info(copy)["recipe"]
        self.assertEqual(recipe, self.info(clip)["recipe"])
        self.assertEqual(recipe, self.library_recipe(clip))
        self.assertEqual(recipe["asked"]["prompt"], PROMPT)
        data = copy.read_bytes()
        self.assertIn(b"mdta", data)
        self.assertIn(b"\xa9cmt", data)

    def test_opened_clip_brings_all_fields_back_and_its_button_a_new_seed(self):
        self.settle(negative_prompt="fog", fps=12, cfg_scale=2.5, precision="fp32", threads=2)
        window = self.open_ready()
        before = generate(window.state())["fields"]
        clip = self.make(window)
        window.fill("generate.steps", "9")
        window.fill("generate.fps", "5")
        window.fill("generate.guidance", "7")
        window.fill("generate.negative", "rain")
        window.fill("generate.seed", "123")
        window.key("ctrl+l", "ctrl+a")
        window.type("a green cube rotates")
        self.assertNotEqual(generate(window.state())["fields"], before)
        window.key("ctrl+o")
        window.answer_file_dialog("generate.open-recipe", clip)
        state = window.wait("the recipe", lambda state: shows(state, "restored"))
        self.assertEqual(generate(state)["fields"], {**before, "device": "cpu"})
        button = next(w for w in widgets(state) if w.get("text") == "With new seed")
        x, y, width, height = button["geometry"]
        window.click_at(x + width // 2, y + height // 2)
        state = window.wait("a new seed", lambda state: generate(state)["fields"]["seed"] != before["seed"])
        fields = generate(state)["fields"]
        self.assertEqual({**fields, "seed": "7", "seed_locked": True}, {**before, "device": "cpu"})
        self.assertFalse(fields["seed_locked"])

    def test_dropped_clip_brings_all_fields_back_and_other_files_are_refused(self):
        self.settle(negative_prompt="fog", fps=12)
        window = self.open_ready()
        before = generate(window.state())["fields"]
        clip = self.make(window)
        window.fill("generate.steps", "9")
        window.fill("generate.negative", "rain")
        note = self.root / "note.txt"
        note.write_text("no recipe")
        self.assertFalse(self.drop(window, note))
        self.assertNotEqual(generate(window.state())["fields"], before)
        self.assertTrue(self.drop(window, clip))
        state = window.wait("the recipe", lambda state: shows(state, "restored"))
        # What was left open then is restored as it ran.
        ran = self.info(clip)["recipe"]["effective"]
        opened = {name: ran[name] for name in ["device", "precision", "threads"]}
        self.assertEqual(generate(state)["fields"], {**before, **opened})

    def drop(self, window, file):
        source = Source(self.screen.display, file)
        self.addCleanup(source.close)
        x, y, width, height = window.find("generate.clip")["geometry"]
        main = window.ask_xdotool("search", "--onlyvisible", "--class", "tessera")[-1]
        return source.drop(int(main), x + width // 2, y + height // 2)

    def test_command_line_makes_the_same_frames(self):
        self.settle()
        window = self.open_ready()
        clip = self.make(window)
        again, other = self.root / "y.mp4", self.root / "z.mp4"
        self.cli("generate", "--recipe", clip, "-o", again)
        self.cli("generate", "--recipe", clip, "-s", "8", "-o", other)
        self.assertEqual(pictures_hash(again), pictures_hash(clip))
        self.assertNotEqual(pictures_hash(other), pictures_hash(clip))

    def test_every_control_changes_the_effective_recipe(self):
        self.settle(size="288x192")
        window = self.open_ready()
        typed = [("size", "192x128", {"width": 192, "height": 128}), ("fps", "11", {"fps": 11}),
                 ("steps", "17", {"steps": 17}), ("guidance", "2.5", {"cfg_scale": 2.5}),
                 ("seed", "4711", {"seed": 4711}), ("negative", "rain", {"negative_prompt": "rain"}),
                 ("threads", "1", {"threads": 1})]
        for control, text, wanted in typed:
            with self.subTest(control):
                self.assertFalse(self.has(self.wait_for_answer(window), wanted))
                window.fill(f"generate.{control}", text)
                window.wait(control, lambda state: self.has(state, wanted), timeout=10)
        for control, place, wanted in [("precision", 0.5, {"precision": "fp32"}), ("precision", 0.85, {"precision": "bf16"}),
                                       ("steps-preset", 0.1, {})]:
            with self.subTest(control, place=place):
                before = generate(self.wait_for_answer(window))["effective"]
                x, y, width, height = window.find(f"generate.{control}")["geometry"]
                window.click_at(x + round(width * place), y + height // 2)
                # The first answer in bf16 waits for its measurement, slow where the processor has no bf16.
                window.wait(control, lambda state: self.has(state, wanted) and
                            (wanted or generate(state).get("effective") not in (None, before)), timeout=60)
        window.key("ctrl+l", "ctrl+a")
        window.type("a green cube rotates")
        window.wait("the prompt", lambda state: self.has(state, {"prompt": "a green cube rotates"}), timeout=10)

    def has(self, state, wanted):
        effective = generate(state).get("effective", {})
        return not generate(state)["estimating"] and all(effective.get(k) == v for k, v in wanted.items())

    def test_what_is_asked_and_what_will_run_are_told_apart(self):
        self.settle(precision="auto")
        window = self.open_ready()
        own = generate(window.state())
        differing = [k for k in own["asked"] if own["asked"][k] != own["effective"][k] and k not in ("output", "threads")]
        # The bundled model is asked for without a name.
        self.assertEqual(differing, ["device", "model", "precision"])
        count = self.changed_fields(window)
        x, y, width, height = window.find("generate.precision")["geometry"]
        window.click_at(x + width // 2, y + height // 2)
        window.wait("one field less", lambda _: self.changed_fields(window) == count - 1, timeout=10)

    def changed_fields(self, window):
        """What the title of the Recipe dock counts."""
        dock = window.find("dock.recipe")
        words = " ".join(w.get("tooltip", "") for w in widgets({"window": dock, "windows": []}))
        return int(words.split(" field")[0].split()[-1]) if " field" in words else 0

    def test_without_metadata_nothing_of_the_prompt_is_in_the_file(self):
        self.settle()
        window = self.open_ready()
        window.key("ctrl+comma")
        window.wait("the settings", lambda state: find(state, "settings.pages"))
        window.key("Down")
        box = window.wait("the page", lambda state: find(state, "settings.embed"))
        x, y, _, height = find(box, "settings.embed")["geometry"]
        self.assertTrue(find(box, "settings.embed")["checked"])
        window.click_at(x + 8, y + height // 2)
        window.wait("the change", lambda state: not find(state, "settings.embed")["checked"])
        window.key("Escape")
        window.wait("the end of the settings", lambda state: not find(state, "settings.pages"))
        clip = self.make(window)
        data = clip.read_bytes()
        for trace in [b"mdta", b"\xa9cmt", PROMPT.encode(), PROMPT.encode("utf-16-le"), b"red ball", b"tessera.recipe"]:
            self.assertNotIn(trace, data)
        self.assertEqual(text_of(window.state(), "generate.prompt"), PROMPT)


if __name__ == "__main__":
    unittest.main()
