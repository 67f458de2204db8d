"""YAML as the CLI reads it: a key that is given twice is an error, where PyYAML would take the last one."""

from typing import Any

import yaml

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # PyYAML was built without libyaml
    from yaml import SafeLoader  # type: ignore[assignment]


class _Strict(SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value} is given twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def load(text: str) -> Any:
    """What the document says. Raises yaml.YAMLError; :func:`fault` puts it into words."""
    return yaml.load(text, Loader=_Strict)  # noqa: S506 -- a SafeLoader


def fault(error: yaml.YAMLError) -> str:
    """``:LINE: what is wrong``, and nothing of what was written but the key."""
    mark = getattr(error, "problem_mark", None)
    where = f":{mark.line + 1}" if mark else ""
    twice = getattr(error, "problem", None) or ""
    return f"{where}: {twice}" if twice.endswith(" is given twice") else f"{where}: is not YAML"
