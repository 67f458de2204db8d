"""Unsafe changes to the stacks' own resources, made from a table of every field that the SDKs know."""
