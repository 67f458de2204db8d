"""The record of a run: what the checkpoint holds at every moment, written by one thread for many steps at a time."""

import json
import shutil
import threading
import time
from collections.abc import Iterable

from engine.backend import Checkpoint, Location, bak, replace, version
from engine.errors import EngineError
from engine.state import ResourceState, now

_LATEST = 0.2


class Journal:
    """Resources registered by this run come first, in the order of their steps, then what is left of the old state.

    `begin` returns once the operation is on disk, so that no resource can be made that a later run does not know of.
    What has ended is on disk before anything that follows from it begins, and 0.2 s later otherwise: a run that dies
    between leaves the operation as pending. A record that is as it was is not written again.
    A preview has no location: it keeps the record in memory only.
    """

    def __init__(self, checkpoint: Checkpoint, location: Location | None) -> None:
        self._crypter = checkpoint.crypter
        self._location = location
        self._base = checkpoint.resources
        self._news: dict[int, ResourceState] = {}
        self._gone: set[int] = set()
        self._pending: dict[int, tuple[str, ResourceState]] = {id(op): op for op in checkpoint.pending}
        self._texts: dict[int, str] = {}
        self.names: dict[str, str] = {}
        self._changed = threading.Condition()
        self._version = self._urgent = self._saved = 0  # in memory, waited for, on disk
        self._since = 0.0  # when what is in memory began to differ from what is on disk
        self._closing = False
        self._error: EngineError | None = None
        self._writer = threading.Thread(target=self._write, name="journal", daemon=True) if location else None
        if location:
            if location.state.exists():
                shutil.copy2(location.state, bak(location))
            assert self._writer
            self._writer.start()

    def begin(self, operation: str, resource: ResourceState, *, outside: bool = True) -> int:
        """Records that `operation` (creating, updating, deleting) starts; returns its token for `end`.

        One that leaves nothing `outside` of the record may start before it is on disk.
        """
        entry = (operation, resource)
        with self._changed:
            self._pending[id(entry)] = entry
            self._touch()
            if outside:
                wanted = self._urgent = self._version
                self._changed.notify_all()
                while self._writer and self._saved < wanted and not self._error:
                    self._changed.wait()
            if self._error:
                raise self._error
        return id(entry)

    def same(self, old: ResourceState, new: ResourceState) -> None:
        """`new` takes the place of `old`, for which nothing was done."""
        with self._changed:
            self._exchange(old, new)
            if new != old:
                self._touch()

    def end(self, token: int | None, *, gone: ResourceState | None = None, new: ResourceState | None = None) -> None:
        """The operation is over: `gone` leaves the record, `new` enters it."""
        with self._changed:
            if token is not None:
                self._pending.pop(token, None)
            self._exchange(gone, new)
            self._touch()

    def adopt(self, resource: ResourceState, replaced: ResourceState | None) -> None:
        """Takes what an earlier run made into the old state: beside what it was to replace, else after all the rest."""
        with self._changed:
            last = len(self._base) - 1
            place = next((index for index, each in enumerate(self._base) if each is replaced), last)
            self._base.insert(place + 1, resource)
            self._touch()

    def _exchange(self, gone: ResourceState | None, new: ResourceState | None) -> None:
        if gone is not None:
            self._gone.add(id(gone))
            self._news.pop(id(gone), None)
        if new is not None:
            self._news[id(new)] = new
            self._texts.pop(id(new), None)

    def forget(self, pending: ResourceState) -> None:
        """Drops the pending operations of an earlier run on `pending`."""
        with self._changed:
            self._pending = {key: entry for key, entry in self._pending.items() if entry[1] is not pending}
            self._touch()

    def rewritten(self, resource: ResourceState) -> None:
        """`resource`, already in the record, was changed in place."""
        with self._changed:
            self._texts.pop(id(resource), None)
            self._touch()

    def resources(self) -> list[ResourceState]:
        with self._changed:
            return list(self._current())

    @property
    def touched(self) -> bool:
        """Whether the record differs from what was loaded."""
        return self._version > 0

    def close(self) -> None:
        """Writes what is not yet written; raises what kept an earlier write from succeeding."""
        if self._writer:
            with self._changed:
                self._closing = True
                self._changed.notify_all()
            self._writer.join()
        if self._error:
            raise self._error

    def _touch(self) -> None:
        if self._saved == self._version:
            self._since = time.monotonic()
            self._changed.notify_all()
        self._version += 1

    def _current(self) -> Iterable[ResourceState]:
        yield from self._news.values()
        for resource in self._base:
            if id(resource) not in self._gone and id(resource) not in self._news:
                yield resource

    def _write(self) -> None:
        assert self._location
        while True:
            with self._changed:
                while self._saved >= self._urgent and not self._closing and self._left() > 0:
                    self._changed.wait(self._left() if self._saved < self._version else None)
                if self._saved == self._version:
                    return
                version, content = self._version, self._render(self._location)
            try:
                replace(self._location.state, content)
            except EngineError as error:
                self._error = error
            with self._changed:
                self._saved, self._since = version, time.monotonic()
                self._changed.notify_all()
            if self._error:
                return

    def _left(self) -> float:
        """For how many seconds what is not on disk may wait."""
        return self._since + _LATEST - time.monotonic() if self._saved < self._version else _LATEST

    def _render(self, location: Location) -> bytes:
        resources = ",\n".join(self._text(resource.renamed(self.names), resource) for resource in self._current())
        pending = ",\n".join(
            f'{{"resource": {self._text(resource, resource)}, "type": {json.dumps(kind)}}}'
            for kind, resource in self._pending.values()
        )
        head = {
            "manifest": {"time": now(), "magic": "", "version": ""},
            "secrets_providers": {"type": "passphrase", "state": {"salt": self._crypter.salt}},
        }
        first = json.dumps(version(hooks=any(resource.hooks for resource in self._current())))[1:-1]
        return (
            f'{{{first}, "checkpoint": {{"stack": {json.dumps(location.qualified)}, "latest": {{\n'
            f'{json.dumps(head)[1:-1]},\n"resources": [\n{resources}\n],\n"pending_operations": [\n{pending}\n],\n'
            f'"metadata": {{}}}}}}}}\n'
        ).encode()

    def _text(self, resource: ResourceState, original: ResourceState) -> str:
        """The resource's JSON, made once: encryption is not repeated for what has not changed."""
        if resource is not original:
            return json.dumps(resource.to_json(self._crypter), ensure_ascii=False)
        if id(resource) not in self._texts:
            self._texts[id(resource)] = json.dumps(resource.to_json(self._crypter), ensure_ascii=False)
        return self._texts[id(resource)]
