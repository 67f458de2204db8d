"""python -m scripts.hello STACK: what runs and where, and what to do next."""

import os
import sys

from scripts.stack import Stack, deployed

TEXT = """
  Stack {stack.name} answers at   {stack.url}
  Its root certificate       {stack.root_file}
  Ask it                     curl --cacert {stack.root_file} {stack.url}/health
{demo}  Prove every link           make verify{which}
  See the services           docker service ls --filter label=rempart.stack={stack.name}
  See a service's logs       docker service logs -f NAME
  Remove the stack           make down{which}         (images and engine stay)
  Remove everything          make uninstall
"""
EVERYWHERE = """
  Note: the published ports are on every address of this machine, because its Docker engine was there before; an engine
  that `make up` starts itself keeps them on loopback.
"""


def text(stack: Stack, *, loopback: bool) -> str:
    """The closing words of `make up`."""
    demo = "  A message through it all   make demo\n" if stack.name == "dev" else ""
    which = "" if stack.name == "dev" else f" STACK={stack.name}"
    return TEXT.format(stack=stack, which=which, demo=demo) + ("" if loopback else EVERYWHERE)


if __name__ == "__main__":
    print(text(deployed(sys.argv[1]), loopback=os.environ.get("REMPART_LOOPBACK") == "yes"))
