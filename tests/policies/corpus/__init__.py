"""Made-up secrets and what looks like them, each with its class: what the detector is measured on.

`secrets.jsonl` is what `python -m tests.policies.corpus` printed before the detector was ever run on it, and is never
changed to suit it. Questions of taste are decided so: a default credential (`changeme` as a password) is a secret,
because the program runs with it; so is the hash of a password, because it can be tried at home; `<password>`, a row of
stars and an empty value are none. SCRAM verifiers and `TODO` as a password are left out: reasonable people call them
either.
"""

from tests.policies.corpus import credentials, files, lookalikes, ordinary, settings_files, telling_names, tokens
from tests.policies.corpus.draw import Draw
from tests.policies.corpus.entry import FROZEN, KINDS, Entry, line, load

__all__ = ["FROZEN", "KINDS", "Entry", "corpus", "line", "load"]
MAKERS = (tokens, credentials, files, lookalikes, telling_names, ordinary, settings_files)


def corpus(seed: int, *, held_out: bool = False) -> list[Entry]:
    """The entries of a seed, without two that are the same."""
    draw = Draw(seed, held_out=held_out)
    found: dict[tuple[str, str, str], Entry] = {}
    for kind, (secret, times, make) in KINDS.items():
        for _ in range(times):
            made = make(draw)
            found.setdefault(made, Entry(*made, kind, secret))
    return list(found.values())
