"""HTTP clients: to a service of the platform, and out through the egress proxy."""

import ssl
from typing import Any

import httpx

from apps.links import Egress, Http

TIMEOUT = httpx.Timeout(2.4, connect=1.0, pool=0.5)


def http_client(link: Http) -> httpx.AsyncClient:
    """A client of this callee alone; it answers or fails within the limits above. Raises httpx.HTTPError."""
    return httpx.AsyncClient(base_url=link.url, verify=link.tls, timeout=TIMEOUT, trust_env=False)


def outside(link: Egress) -> httpx.AsyncClient:
    """A client of the declared hosts, by TLS 1.3 through the proxy, which cannot read it."""
    return httpx.AsyncClient(**_through(link))


def outside_now(link: Egress) -> httpx.Client:
    """The same for a worker's thread, which waits for the answer."""
    return httpx.Client(**_through(link))


def _through(link: Egress) -> dict[str, Any]:
    tls = ssl.create_default_context()
    tls.minimum_version = ssl.TLSVersion.TLSv1_3
    return {"proxies": {"https://": link.proxy}, "verify": tls, "timeout": TIMEOUT, "trust_env": False}
