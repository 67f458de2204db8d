"""What a callee proves itself with, and by what it knows its callers."""

from components.authority import Authority, Leaf
from components.component import Component
from components.files import SecretFile, secret_file
from diagram import Service


def identity(owner: Component, root: Authority, service: Service) -> Leaf:
    """The server's leaf, signed by the stack's root: it holds for the name that callers use, and no other."""
    return root.sign(owner, "server", service.name, "server_auth")


def files(
    owner: Component, root: Authority, callers: Authority, service: Service, file: str = "front.pem"
) -> list[SecretFile]:
    """The server's certificate and key, and the one authority whose certificates it accepts."""
    trust = secret_file(owner, "callers-pem", "callers.pem", callers.certificate)
    return [*identity(owner, root, service).files(owner, "server", file), trust]
