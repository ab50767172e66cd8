"""Drops a file on a window as a file manager does: the source's side of the XDND protocol (version 5), over libX11."""

import ctypes
import pathlib
import select
import time

CLIENT_MESSAGE, SELECTION_REQUEST, SELECTION_NOTIFY = 33, 30, 31
XDND_VERSION = 5
REPLACE = 0


class Event(ctypes.Union):
    """An XEvent; each kind is read as longs, which is what all its members of interest are on 64 bits."""

    _fields_ = [("type", ctypes.c_int), ("longs", ctypes.c_long * 24), ("ints", ctypes.c_int * 48)]


def library():
    x11 = ctypes.CDLL("libX11.so.6")
    for name, result, arguments in [
            ("XOpenDisplay", ctypes.c_void_p, [ctypes.c_char_p]),
            ("XDefaultRootWindow", ctypes.c_ulong, [ctypes.c_void_p]),
            ("XInternAtom", ctypes.c_ulong, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]),
            ("XCreateSimpleWindow", ctypes.c_ulong, [ctypes.c_void_p, ctypes.c_ulong] + [ctypes.c_int] * 5 + [ctypes.c_ulong] * 2),
            ("XSetSelectionOwner", ctypes.c_int, [ctypes.c_void_p] + [ctypes.c_ulong] * 3),
            ("XSendEvent", ctypes.c_int, [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.c_void_p]),
            ("XChangeProperty", ctypes.c_int, [ctypes.c_void_p] + [ctypes.c_ulong] * 3 + [ctypes.c_int] * 2 +
             [ctypes.c_char_p, ctypes.c_int]),
            ("XPending", ctypes.c_int, [ctypes.c_void_p]), ("XNextEvent", ctypes.c_int, [ctypes.c_void_p] * 2),
            ("XFlush", ctypes.c_int, [ctypes.c_void_p]), ("XConnectionNumber", ctypes.c_int, [ctypes.c_void_p]),
            ("XCloseDisplay", ctypes.c_int, [ctypes.c_void_p])]:
        function = getattr(x11, name)
        function.restype, function.argtypes = result, arguments
    return x11


class Source:
    """A program that offers one file."""

    def __init__(self, display, path):
        self.x11 = library()
        self.display = self.x11.XOpenDisplay(display.encode())
        if not self.display:
            raise AssertionError(f"there is no display {display}")
        self.uri = (pathlib.Path(path).as_uri() + "\r\n").encode()
        self.list = self.atom("text/uri-list")
        self.copy = self.atom("XdndActionCopy")
        self.window = self.x11.XCreateSimpleWindow(self.display, self.x11.XDefaultRootWindow(self.display),
                                                   0, 0, 1, 1, 0, 0, 0)
        self.x11.XSetSelectionOwner(self.display, self.atom("XdndSelection"), self.window, 0)

    def atom(self, name):
        return self.x11.XInternAtom(self.display, name.encode(), 0)

    def send(self, target, kind, *data):
        event = Event()
        event.type = CLIENT_MESSAGE
        event.longs[4] = target
        event.longs[5] = self.atom(kind)
        event.ints[12] = 32  # the format
        for at, value in enumerate([self.window, *data]):
            event.longs[7 + at] = value
        self.x11.XSendEvent(self.display, target, 0, 0, ctypes.byref(event))
        self.x11.XFlush(self.display)

    def hand_over(self, request):
        """Answers who asks for the file."""
        requestor, selection, target, place, when = request.longs[5:10]
        self.x11.XChangeProperty(self.display, requestor, place, target, 8, REPLACE, self.uri, len(self.uri))
        answer = Event()
        answer.type = SELECTION_NOTIFY
        for at, value in enumerate([requestor, selection, target, place, when]):
            answer.longs[4 + at] = value
        self.x11.XSendEvent(self.display, requestor, 0, 0, ctypes.byref(answer))
        self.x11.XFlush(self.display)

    def wait(self, kind, timeout=10.0):
        """The data of the next message of that kind."""
        end = time.monotonic() + timeout
        wanted = self.atom(kind)
        event = Event()
        while time.monotonic() < end:
            if not self.x11.XPending(self.display):
                select.select([self.x11.XConnectionNumber(self.display)], [], [], 0.1)
                continue
            self.x11.XNextEvent(self.display, ctypes.byref(event))
            if event.type == SELECTION_REQUEST:
                self.hand_over(event)
            elif event.type == CLIENT_MESSAGE and event.longs[5] == wanted:
                return list(event.longs[7:12])
        raise AssertionError(f"no {kind} came")

    def drop(self, target, x, y):
        """True when the window took the file."""
        self.send(target, "XdndEnter", XDND_VERSION << 24, self.list, 0, 0)
        self.send(target, "XdndPosition", 0, x << 16 | y, 0, self.copy)
        if not self.wait("XdndStatus")[1] & 1:
            self.send(target, "XdndLeave")
            return False
        self.send(target, "XdndDrop", 0, 0)
        return bool(self.wait("XdndFinished")[1] & 1)

    def close(self):
        self.x11.XCloseDisplay(self.display)
