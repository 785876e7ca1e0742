"""What runs tried, at any of their updates. No torch."""

from pathlib import Path

from explorer.core.rollout_log import groups_at
from explorer.core.runs import ROLLOUTS_FILE
from explorer.protocol import Command, ReadRollouts, RolloutsRead
from explorer.services import Job


class RolloutService:
    """Reads rollouts.jsonl of a run's folder."""

    commands: tuple[type[Command], ...] = (ReadRollouts,)

    def run(self, command: Command) -> Job:
        """Answer `ReadRollouts`."""
        assert isinstance(command, ReadRollouts)
        answer = RolloutsRead(job=command.job, step=None, groups=[])
        for found in groups_at(Path(command.path) / ROLLOUTS_FILE, command.step):
            if found is None:
                yield None
            else:
                answer = RolloutsRead(job=command.job, step=found[0], groups=found[1])
        yield answer

    def close(self) -> None:
        """Nothing is held open."""
