"""What an RDS instance class says of itself."""

from __future__ import annotations

_LARGE_GIB = {"r": 16, "x": 32}
_LARGE_GIB_OF_OTHERS = 8
_LARGES = {"micro": 1 / 8, "small": 1 / 4, "medium": 1 / 2, "large": 1, "xlarge": 2}


def memory_gib(instance_class: str) -> float:
    """Return the memory of a class: it doubles with every size, and families of one letter agree.

    <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html>
    """
    _, family, size = instance_class.split(".")
    larges = _LARGES.get(size) or 2 * int(size.removesuffix("xlarge"))
    return _LARGE_GIB.get(family[0], _LARGE_GIB_OF_OTHERS) * larges
