"""`python -m tests.policies.corpus` prints the corpus of the frozen seed, as it stands in `secrets.jsonl`."""

from tests.policies.corpus import corpus, line

SEED = 20261121

if __name__ == "__main__":
    for entry in corpus(SEED):
        print(line(entry))
