"""The command `erp`: loads the program, then runs what was asked."""

import gc
import sys


def main() -> int:
    """Run one command and return its exit status."""
    gc.disable()  # what is loaded stays: to look through it for garbage took a fifth of the time until the first answer
    from erp.cli import main as run  # noqa: PLC0415 -- the time to load it is what this is about

    gc.freeze()
    gc.enable()
    return run()


if __name__ == "__main__":
    sys.exit(main())
