"""``python -m perfeval_xl`` is the same as ``perfeval-xl``."""

from perfeval_xl.cli import main

if __name__ == "__main__":
    main()
