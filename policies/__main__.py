"""The policy pack. Pulumi runs this folder as a server; `python -m policies check FILE` judges a file instead."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.path.append(str(HERE.parent))  # where `report` is, for a check that is started elsewhere

from rules.pack.entry import main  # type: ignore[import-not-found]  # noqa: E402 -- Pulumi runs it outside any package

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], HERE / "waivers.yaml"))
