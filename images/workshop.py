"""Builds several images: parents first, independent ones side by side."""

import os
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter

import docker

from images import lock
from images.build import LOGS, Result, build
from images.recipe import Recipe, recipes, with_parents
from images.rootfs import origin, rootfs

Report = Callable[[Result], None]


def build_all(client: docker.DockerClient, names: list[str], report: Report, *, fresh: bool = False) -> None:
    """Builds the named images (all where none is named) and what they are built on, and writes the lock file.

    `report` is told of each image as it is done. What was finished before a failure stays in the lock file.
    """
    known = recipes()
    before = lock.read()
    workshop = _Workshop(client, with_parents(names, known), before, fresh=fresh)
    try:
        workshop.run(report)
    finally:
        kept = {name: entry for name, entry in before.items() if name in known}
        lock.write(kept | workshop.done)


class _Workshop:
    def __init__(
        self, client: docker.DockerClient, wanted: dict[str, Recipe], before: dict[str, lock.Locked], *, fresh: bool
    ) -> None:
        self.client = client
        self.wanted = wanted
        self.before = before
        self.fresh = fresh
        self.done: dict[str, lock.Locked] = {}

    def run(self, report: Report) -> None:
        """Works through the graph; the first failure lets what is under way finish, and starts nothing more."""
        graph = {name: {recipe.parent} & self.wanted.keys() for name, recipe in self.wanted.items()}
        order = TopologicalSorter(graph)
        order.prepare()
        under_way: set[Future[Result]] = set()
        with ThreadPoolExecutor(max_workers=min(3, (os.cpu_count() or 1) + 1)) as workers:
            while order.is_active():
                under_way |= {workers.submit(self._build, name) for name in order.get_ready()}
                finished, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for result in (future.result() for future in finished):
                    self.done[result.name] = result.locked
                    order.done(result.name)
                    report(result)

    def _build(self, name: str) -> Result:
        recipe = self.wanted[name]
        if recipe.parent in self.done:
            parent = self.client.images.get(self.done[recipe.parent].id)
            return build(self.client, recipe, parent, self.before.get(name), fresh=self.fresh)
        return self._build_first(recipe)

    def _build_first(self, recipe: Recipe) -> Result:
        LOGS.mkdir(parents=True, exist_ok=True)
        begun = time.monotonic()
        debian = rootfs(self.client, LOGS / "debootstrap.log", fresh=self.fresh)
        result = build(self.client, recipe, debian, self.before.get(recipe.name), fresh=self.fresh)
        locked = result.locked.model_copy(update={"origin": origin(debian)})
        return Result(recipe.name, locked, result.built, time.monotonic() - begun)
