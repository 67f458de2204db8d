"""One connection pool to the Docker engine, made at the first call, with its errors as one clear line."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from engine.provider import ProviderError

_POOL: Final = 128
_SECONDS: Final = 120


class Gone(ProviderError):  # noqa: N818 - a state, not a fault
    """Docker knows no such object."""


class Engine:
    """`with engine.api() as docker:` gives the SDK's low-level client; errors inside become `ProviderError`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._client: Any = None

    @contextmanager
    def api(self) -> Iterator[Any]:
        from docker.errors import APIError, DockerException, NotFound  # noqa: PLC0415 - slow, and previews go without
        from requests.exceptions import RequestException  # noqa: PLC0415

        try:
            with self._lock:
                if self._client is None:
                    self._client = _connected()
            yield self._client
        except NotFound as error:
            raise Gone(str(error.explanation or error)) from error
        except APIError as error:
            raise ProviderError(str(error.explanation or error)) from error
        except (DockerException, RequestException) as error:
            host = os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
            raise ProviderError(f"cannot reach the Docker engine at {host}: is it running? ({_root(error)})") from error


def _connected() -> Any:
    from docker import APIClient  # noqa: PLC0415
    from docker.utils import kwargs_from_env  # noqa: PLC0415

    return APIClient(version="auto", timeout=_SECONDS, max_pool_size=_POOL, **kwargs_from_env())


def _root(error: BaseException) -> str:
    """The innermost reason: the layers around it only repeat it."""
    while error.__context__ is not None:
        error = error.__context__
    return str(error) or type(error).__name__
