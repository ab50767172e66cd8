"""Story 6: models that are not whole, and too little memory."""

import json
import shutil
import unittest

from story import BUNDLED, Story, generate, newest
from window import find, widgets

WEIGHTS = "transformer/diffusion_pytorch_model.safetensors"


def problems(state, name):
    """What the list of models says about the folder of that name; None when it is not listed."""
    found = [m for m in generate(state)["models"] if m["folder"].endswith("/" + name)]
    return " ".join(found[0]["problems"]) if found else None


def swap_shape(path):
    """Turns one matrix of a safetensors file on its side; returns its name and both shapes."""
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + size])
    name = next(n for n in sorted(header) if n != "__metadata__" and len(header[n]["shape"]) == 2 and
                header[n]["shape"][0] != header[n]["shape"][1])
    good = list(header[name]["shape"])
    header[name]["shape"] = good[::-1]
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + data[8 + size:])
    return name, good, good[::-1]


class Models(Story):
    def model(self, name):
        folder = self.data / "models" / name
        shutil.copytree(BUNDLED, folder)
        card = folder / "model_index.json"
        values = json.loads(card.read_text())
        values["tessera"]["name"] = name
        card.write_text(json.dumps(values))
        return folder

    def test_broken_models_say_why_and_cannot_be_chosen(self):
        self.settle()
        cut = self.model("aa-cut") / WEIGHTS
        with open(cut, "rb+") as file:
            file.truncate(9_000_000)
        shutil.rmtree(self.model("bb-without-vae") / "vae")
        pickle = self.model("cc-pickle") / "transformer"
        (pickle / "diffusion_pytorch_model.safetensors").rename(pickle / "diffusion_pytorch_model.bin")
        self.model("yy-good")
        shutil.rmtree(self.model("zz-without-vae") / "vae")
        window = self.open_ready()
        state = window.state()
        self.assertRegex(problems(state, "aa-cut"), r"has 9\.0 MB .* header promises 18\.2 MB")
        self.assertIn("vae", problems(state, "bb-without-vae"))
        self.assertIn("pickle, which can run code", problems(state, "cc-pickle"))
        self.assertEqual(problems(state, "yy-good"), "")
        self.check_choices(window)

    def check_choices(self, window):
        window.click("generate.model")
        window.key("Escape")
        chosen = set()
        for key in ["Down"] * 6 + ["Up"] * 6:
            window.key(key)
            chosen.add(generate(window.state())["fields"]["model"].rsplit("/", 1)[-1])
        self.assertEqual(chosen, {"", "yy-good"})

    def test_tensor_of_another_shape_is_named_with_both_shapes(self):
        folder = self.model("turned")
        name, good, bad = swap_shape(folder / WEIGHTS)
        self.settle(model=str(folder))
        window = self.open_ready()
        window.key("ctrl+Return")
        state = window.wait("the failure", lambda state: generate(state)["run"] == "failed", timeout=60)
        error = newest(state)["error"]
        for words in [name, *(str(side) for side in good)]:
            self.assertIn(words, error)
        for shape in [good, bad]:
            self.assertIn(",".join(map(str, shape)), error.replace(" ", ""))


class Memory(Story):
    def set_limit(self, window, gigabytes):
        window.key("ctrl+comma")
        window.wait("the settings", lambda state: find(state, "settings.pages"))
        window.key("Down", "Down")
        window.wait("the page", lambda state: find(state, "settings.max-ram"))
        window.fill("settings.max-ram", gigabytes)
        window.key("Escape")
        return window.wait("the answer", lambda state: not find(state, "settings.pages") and
                           generate(state)["asked"]["max_ram_gb"] == float(gigabytes) and
                           not generate(state)["estimating"])

    def reds(self, window, state, name):
        box = find(state, name)["geometry"]
        return [c for c in self.screen.colours(box) if c[2] > c[1] + 60 and c[2] > c[0] + 60]

    def test_need_above_the_limit_is_red_before_the_start(self):
        self.settle(size="288x192")
        window = self.open_ready()
        state = window.state()
        self.assertEqual(self.reds(window, state, "generate.memory"), [])
        self.assertTrue(find(state, "generate.start")["enabled"])
        state = self.set_limit(window, "0.2")
        window.wait("the red price", lambda now: self.reds(window, now, "generate.price"))
        fault, = generate(state)["faults"]
        self.assertIn("the limit is 0.20 GB", fault["message"])
        self.assertGreaterEqual(len(fault["fixes"]), 2)

    def test_forced_start_fails_with_ways_out_and_one_of_them_works(self):
        self.settle(size="288x192", steps=2)
        window = self.open_ready()
        self.set_limit(window, "0.2")
        window.key("ctrl+l", "ctrl+Return")
        state = window.wait("the failure", lambda state: generate(state)["run"] == "failed", timeout=60)
        self.assertEqual(newest(state)["state"], "failed")
        ways = self.ways(state)
        self.assertGreaterEqual(len(ways), 3, "two fixes and Try again")
        x, y, width, height = ways["Lift the limit"]
        window.click_at(x + width // 2, y + height // 2)
        state = self.wait_for_end(window, jobs=2)
        self.assertEqual(newest(state)["state"], "done")
        self.assertEqual(generate(state)["asked"]["max_ram_gb"], 0)

    def ways(self, state):
        """The buttons of the message on the canvas, and where they are."""
        banner = find(state, "generate.banner")
        return {w["text"]: w["geometry"] for w in widgets({"window": banner, "windows": []})
                if w["class"] == "QPushButton" and w.get("text") not in (None, "Details")}


if __name__ == "__main__":
    unittest.main()
