"""The embedded AWS: a whole AWS account on this machine, for the first command and for the tests.

It is ministack, started as one process of one's own on the loopback interface, with TLS and with
IAM enforced, and extended by the modules in `embedded.gaps` where ministack does not yet do what
AWS does.

Importing this package is cheap: ministack itself is imported by the process that `start` starts,
never by the caller. Nothing here knows the rest of the project.
"""

from embedded.instance import Embedded
from embedded.lifecycle import EmbeddedError, find, start, stop

__all__ = ["Embedded", "EmbeddedError", "find", "start", "stop"]
