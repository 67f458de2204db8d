"""The corpus on which the detector is measured: frozen, large enough, and made of nobody's credentials."""

import hashlib
from collections import Counter

from tests.policies.corpus import FROZEN, KINDS, corpus, line, load
from tests.policies.corpus.__main__ import SEED

SHA256 = "19554303f205f6589b313fbc08f5fb96152c4ce69e1524977c646f7680166ffa"


def test_the_corpus_is_the_one_that_was_frozen_before_the_detector_was_measured() -> None:
    assert hashlib.sha256(FROZEN.read_bytes()).hexdigest() == SHA256


def test_it_is_what_its_generator_makes_from_its_seed() -> None:
    assert FROZEN.read_text() == "".join(f"{line(entry)}\n" for entry in corpus(SEED))


def test_it_holds_five_hundred_secrets_and_five_hundred_lookalikes_of_every_class() -> None:
    entries = list(load())
    counted = Counter(entry.secret for entry in entries)
    assert counted[True] >= 500
    assert counted[False] >= 500
    assert {entry.kind for entry in entries} == set(KINDS)


def test_no_value_is_both_secret_and_harmless_under_the_same_name() -> None:
    said = {(entry.channel, entry.name, entry.value): entry.secret for entry in load()}
    assert len(said) == len(list(load()))


def test_what_is_held_out_shares_no_generated_name_with_what_is_frozen() -> None:
    frozen = {entry.name for entry in load() if entry.kind == "generated-password"}
    held_out = {entry.name for entry in corpus(1, held_out=True) if entry.kind == "generated-password"}
    assert frozen
    assert held_out
    assert not frozen & held_out
