"""The figures: what is measured here, beside what it is compared with, from one run."""
