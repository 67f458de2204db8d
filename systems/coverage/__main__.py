"""``python -m systems.coverage > docs/coverage.md``."""

from systems.coverage.page import page

if __name__ == "__main__":
    print(page(), end="")
