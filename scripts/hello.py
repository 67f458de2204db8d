"""python -m scripts.hello STACK: what runs and where, and what to do next."""

import os
import sys

from scripts.stack import Stack, deployed

TEXT = """
  Stack {stack.name} answers at   {stack.url}
  Its root certificate       {stack.root_file}
  Ask it                     curl --cacert {stack.root_file} {stack.url}/health
  A message through it all   make demo
  Prove every link           make verify
  See the services           docker service ls --filter label=rempart.stack={stack.name}
  See logs                   docker service logs -f $(docker service ls -q --filter label=rempart.service=api)
  Remove the stack           make down         (images and engine stay)
  Remove everything          make uninstall
"""
EVERYWHERE = """
  Note: the published ports are on every address of this machine, because its Docker engine was there before; an engine
  that `make up` starts itself keeps them on loopback.
"""


def text(stack: Stack, *, loopback: bool) -> str:
    """The closing words of `make up`."""
    return TEXT.format(stack=stack) + ("" if loopback else EVERYWHERE)


if __name__ == "__main__":
    print(text(deployed(sys.argv[1]), loopback=os.environ.get("REMPART_LOOPBACK") == "yes"))
