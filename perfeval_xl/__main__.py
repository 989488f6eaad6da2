"""``python -m perfeval_xl`` is the same as ``perfeval-xl``: where the program begins and ends."""

import atexit
import gc
import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn

INTERRUPTED = 130
#: Objects made between two looks of the collector. Records and frames hold no cycles: at Python's 700 it looks mostly for nothing.
_COLLECT_AFTER = 200_000


def start() -> None:
    """Run the command line. An interruption is no traceback, from the first import on; it cannot change how it ended."""
    _start_again_in_utf8()
    gc.set_threshold(_COLLECT_AFTER)
    # numpy would start a thread for each core, in each process, for matrices that nobody multiplies here.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from perfeval_xl.cli import main

        main()
    except KeyboardInterrupt:
        _leave(INTERRUPTED)
    except SystemExit as end:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if not isinstance(end.code, int):
            raise
        _leave(end.code)


def _start_again_in_utf8() -> None:
    """Where the language setting cannot write Chinese file names (ASCII, Latin-1) they would be read and said as ????."""
    if os.name == "nt" or os.environ.get("PYTHONUTF8") == "1":
        return
    try:
        "自评结果".encode(sys.getfilesystemencoding())
    except UnicodeEncodeError:
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def _leave(code: int) -> NoReturn:
    """At once. Python's own way out takes all objects of pandas apart, which costs a quarter of loading them, and may end
    with another status where a module was interrupted while it loaded.
    """
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError, OSError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    start()
