"""Which worker of a parallel run gets which tests.

What a folder's tests share, a server or a synthesis, is made once for a worker: so one worker gets
them all. A group, marked by `xdist_group`, shares a deployment, and takes the longest: groups begin
first, so that no worker is left alone with one at the end.
"""

from __future__ import annotations

from pathlib import Path

from xdist.scheduler import LoadGroupScheduling
from xdist.workermanage import WorkerController


class ByFolder(LoadGroupScheduling):  # type: ignore[misc]  # xdist does not publish its types
    """Hand out groups, the largest first, then folders."""

    def _split_scope(self, nodeid: str) -> str:
        group: str = super()._split_scope(nodeid)
        if group != nodeid:
            return group
        file, _, _ = nodeid.partition("::")
        return f"{Path(file).parent}/"

    def _assign_work_unit(self, node: WorkerController) -> None:
        groups = (name for name in self.workqueue if not name.endswith("/"))
        if first := next(groups, None):
            self.workqueue.move_to_end(first, last=False)
        super()._assign_work_unit(node)
