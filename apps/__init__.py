"""The reference application: it stands in for the users' own images and proves the platform's wiring."""
