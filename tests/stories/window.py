"""Drives the real window from outside: a virtual X server, keys and mouse in, the state dump and the screen out.

Needs Xvfb and xdotool. The window writes its state (the same as Help > Copy window state) to TESSERA_STATE_FILE whenever
Ctrl+Shift+J is pressed; nothing else of the program is reached into.
"""

import json
import mmap
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import tempfile
import time

GUI = os.environ.get("TESSERA_GUI", "")


class Screen:
    """An X server of its own, whose picture lies in a file that we read."""

    def __init__(self, width=1600, height=1000):
        self.folder = tempfile.mkdtemp(prefix="tessera-screen-")
        read, write = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-fbdir", self.folder,
             "-nolisten", "tcp", "-noreset"], pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as pipe:
            self.display = ":" + pipe.readline().strip()

    def picture(self):
        """(width, height, bytes of B, G, R, x for each pixel row, bytes a row) of the screen as it stands."""
        with open(os.path.join(self.folder, "Xvfb_screen0"), "rb") as file:
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                header = struct.unpack(">25I", data[:100])
                header_size, width, height, row, colours = header[0], header[4], header[5], header[12], header[19]
                start = header_size + 12 * colours
                return width, height, data[start:start + row * height], row

    def colours(self, box):
        """The distinct colours inside [x, y, width, height]."""
        _, _, data, row = self.picture()
        x, y, width, height = box
        seen = set()
        for line in range(y, y + height):
            pixels = data[line * row + 4 * x:line * row + 4 * (x + width)]
            seen.update(pixels[i:i + 3] for i in range(0, len(pixels), 4))
        return seen

    def region(self, box):
        """The bytes inside [x, y, width, height]: equal when the pictures are."""
        _, _, data, row = self.picture()
        x, y, width, height = box
        return b"".join(data[line * row + 4 * x:line * row + 4 * (x + width)] for line in range(y, y + height))

    def close(self):
        self.server.terminate()
        self.server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Window:
    """One run of the program."""

    def __init__(self, screen, root, *words, environment=None):
        self.screen = screen
        self.state_file = pathlib.Path(root) / "state.json"
        home = pathlib.Path(root) / "home"
        home.mkdir(exist_ok=True)
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "QT_", "DBUS_", "WAYLAND"))}
        self.environment.update(HOME=str(home), DISPLAY=screen.display, QT_QPA_PLATFORM="xcb", LIBGL_ALWAYS_SOFTWARE="1",
                                TESSERA_STATE_FILE=str(self.state_file), **(environment or {}))
        self.started = time.monotonic()
        self.process = subprocess.Popen([GUI, *map(str, words)], env=self.environment, cwd=home,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def xdotool(self, *words):
        subprocess.run(["xdotool", *map(str, words)], env=dict(self.environment), check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def ask_xdotool(self, *words):
        done = subprocess.run(["xdotool", *map(str, words)], env=self.environment, capture_output=True, text=True)
        return done.stdout.split()

    def take_focus(self):
        """Gives the keyboard to the program where it has lost it: no window manager does that here."""
        ours = self.ask_xdotool("search", "--onlyvisible", "--class", "tessera")
        if ours and self.ask_xdotool("getwindowfocus")[:1] != ours[-1:] and \
                not set(self.ask_xdotool("getwindowfocus")) & set(ours):
            self.ask_xdotool("windowfocus", "--sync", ours[-1])  # a dialog may have closed meanwhile

    def focus_another(self, attempt):
        """A dialog that opened while the window was focused blocks it: the keys are for the one in front, the last."""
        ours = self.ask_xdotool("search", "--onlyvisible", "--class", "tessera")
        if ours:
            self.ask_xdotool("windowfocus", "--sync", ours[-1 - (attempt - 1) % len(ours)])

    def key(self, *keys):
        self.take_focus()
        self.xdotool("key", "--delay", "8", *keys)

    def type(self, text):
        self.take_focus()
        self.xdotool("type", "--delay", "4", text)

    def move(self, x, y):
        self.xdotool("mousemove", x, y)

    def click_at(self, x, y, button=1, count=1):
        self.xdotool("mousemove", x, y, "click", "--repeat", count, "--delay", 40, button)

    def drag(self, start, end):
        self.xdotool("mousemove", *start, "mousedown", 1)
        for i in range(1, 9):
            self.xdotool("mousemove", *(round(a + (b - a) * i / 8) for a, b in zip(start, end)))
            time.sleep(0.02)
        self.xdotool("mouseup", 1)

    def state(self, timeout=10.0):
        """The window's own account of itself, taken now."""
        self.state_file.unlink(missing_ok=True)
        end = time.monotonic() + timeout
        attempt = 0
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(f"the window ended with {self.process.returncode}: {self.process.stderr.read()!r}")
            if attempt > 0:
                self.focus_another(attempt)
            attempt += 1
            self.key("ctrl+shift+j")
            for _ in range(20):
                if self.state_file.exists():
                    return json.loads(self.state_file.read_text())
                time.sleep(0.02)
        raise AssertionError("the window does not tell its state")

    def wait(self, what, condition, timeout=30.0):
        """Reads the state until `condition` of it holds; returns that state."""
        end = time.monotonic() + timeout
        while True:
            state = self.state()
            if condition(state):
                return state
            if time.monotonic() > end:
                raise AssertionError(f"waited {timeout} s for {what}; the window: {summary(state)}")

    def find(self, name, state=None):
        """The visible widget of that object name."""
        found = find(state or self.state(), name)
        if found is None:
            raise AssertionError(f"there is no visible {name}")
        return found

    def click(self, name, state=None, **options):
        x, y, width, height = self.find(name, state)["geometry"]
        self.click_at(x + width // 2, y + height // 2, **options)

    def fill(self, name, text):
        """Writes into the field of that name in place of what is there."""
        x, y, _, height = self.find(name)["geometry"]
        self.click_at(x + 20, y + height // 2)
        self.key("ctrl+a")
        self.type(text)
        self.key("Tab")

    def answer_file_dialog(self, name, path):
        self.wait(f"the dialog {name}", lambda state: find(state, name))
        self.key("ctrl+a")
        self.type(str(path))
        self.key("Return")
        self.wait(f"the end of {name}", lambda state: not find(state, name))

    def find_action(self, words):
        """Runs an action by its words, as people do who do not know its keys."""
        self.key("ctrl+k")
        self.wait("the command palette", lambda state: find(state, "palette.search"))
        self.type(words)
        self.key("Return")
        self.wait("the end of the palette", lambda state: not find(state, "palette.search"))

    def has_mapped(self):
        return bool(self.ask_xdotool("search", "--onlyvisible", "--pid", str(self.process.pid)))

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self):
        pages = int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def network_sockets(self):
        """What the program holds of the internet: lines of /proc/net whose sockets are its own."""
        own = set()
        for entry in pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir():
            try:
                target = os.readlink(entry)
            except OSError:
                continue
            if target.startswith("socket:["):
                own.add(target[8:-1])
        lines = []
        for table in ["tcp", "tcp6", "udp", "udp6", "raw", "raw6"]:
            path = pathlib.Path("/proc/net") / table
            if path.exists():
                lines += [line for line in path.read_text().splitlines()[1:] if line.split()[9] in own]
        return lines

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()

    def quit(self, timeout=20.0):
        self.key("ctrl+q")
        self.process.communicate(timeout=timeout)
        return self.process.returncode

    def close(self):
        if self.process.poll() is None:
            self.kill()
        else:
            self.process.communicate()


def widgets(state):
    """Every visible widget of a state, depth first."""
    todo = [state["window"], *state["windows"]]
    while todo:
        widget = todo.pop()
        yield widget
        todo.extend(widget.get("children", []))


def summary(state):
    """A state in a few lines, for who reads of a failure."""
    parts = {key: value for key, value in state.items() if key not in ("window", "windows", "workspaces")}
    parts["dialogs"] = [w["name"] for w in state["windows"]]
    parts["banners"] = [w["accessible"] for w in widgets(state) if w["class"].endswith("::Banner")]
    parts["run"] = state["workspaces"].get("generate", {}).get("run")
    return json.dumps(parts, ensure_ascii=False)


def find(state, name):
    return next((w for w in widgets(state) if w["name"] == name), None)
