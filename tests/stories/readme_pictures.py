"""Takes the pictures of the README in the real window, with the bundled model and clips that it makes on the spot:

    TESSERA_GUI=... TESSERA=... python3 readme_pictures.py [FOLDER]

FOLDER (resources/pictures) gets generate-running-dark.png, library-dark.png, generate-done-light.png and clip.gif. A quiet
machine needs five minutes.
"""

import pathlib
import struct
import sys
import time
import zlib

from story import Story, generate

CLIP = "a large red car drives to the right through the desert"
OTHERS = [
    ("a green fish moves to the left over the sea", 5),
    ("a yellow star spins clockwise in the starry night", 4),
    ("a large pink heart is growing in front of green hills", 8),
    ("a white rocket explodes over the sea", 9),
    ("two orange balloons rise in the forest", 10),
    ("a blue ball bounces on a checkerboard floor", 11),
    ("a purple butterfly in front of green hills", 12),
]


def write_png(path, width, height, bgrx, row):
    """`bgrx`: the screen's bytes, `row` of them a line."""
    lines = bytearray()
    for line in range(height):
        pixels = bgrx[line * row:line * row + 4 * width]
        rgb = bytearray(3 * width)
        rgb[0::3], rgb[1::3], rgb[2::3] = pixels[2::4], pixels[1::4], pixels[0::4]
        lines += b"\0" + rgb

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)) +
                     chunk(b"IDAT", zlib.compress(bytes(lines), 9)) + chunk(b"IEND", b""))


class Pictures(Story):
    size = (1440, 900)
    folder = pathlib.Path("resources/pictures")

    def runTest(self):
        """Not a test: run by main() for its screen, home and data folder."""

    def take(self, name):
        write_png(self.folder / name, *self.screen.picture())

    def all(self):
        self.settle("[look]\ntheme=dark\n", prompt=CLIP, size="288x192", steps=50, seed="3")
        for prompt, seed in OTHERS:
            self.cli("generate", "-p", prompt, "-s", seed, "-W", 192, "-H", 128, "--steps", 50, "--quiet",
                     "--data-dir", self.data)
        window = self.open_ready()
        window.key("ctrl+Return")
        self.wait_for_step(window, 34, timeout=600)
        window.move(720, 880)
        self.take("generate-running-dark.png")
        clip = pathlib.Path(self.wait_for_end(window, timeout=600)["queue"][0]["path"])
        window.key("ctrl+7")
        window.wait("the clips", lambda state: state["workspace"] == "library" and
                    state["workspaces"]["library"]["found"] == len(OTHERS) + 1, timeout=60)
        time.sleep(2)  # their thumbnails
        self.take("library-dark.png")
        window.key("ctrl+1")
        window.find_action("Light theme")
        window.wait("the clip", lambda state: state["workspace"] == "generate" and generate(state)["shown"] == "Clip")
        time.sleep(1)
        self.take("generate-done-light.png")
        window.quit()
        self.cli("generate", "--recipe", clip, "-o", (self.folder / "clip.gif").absolute())


def main():
    pictures = Pictures()
    if len(sys.argv) > 1:
        Pictures.folder = pathlib.Path(sys.argv[1])
    pictures.setUp()
    try:
        pictures.all()
    finally:
        pictures.doCleanups()


if __name__ == "__main__":
    main()
