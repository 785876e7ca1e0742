"""Where in a run the person looks: at its end, which goes on, or at a step that they went back to."""

from explorer.ui.stores.run_data import RunData


class LookingBack:
    """Of one run at a time."""

    def __init__(self) -> None:
        self.step: float | None = None
        """None: follow the newest."""
        self._key = ""

    def of(self, key: str) -> None:
        """The run that is looked at; another one is looked at from its end."""
        if key != self._key:
            self._key, self.step = key, None

    def go_to(self, step: float | None, data: RunData) -> None:
        """A step; at or behind the last one, it is followed again."""
        last = data.last_step
        at_the_end = step is None or (last is not None and step >= last)
        self.step = None if at_the_end else step

    def go_to_saying(self, index: int, data: RunData) -> None:
        """The step at which it was said; the newest is followed."""
        if index < len(data.samples):
            newest = index == len(data.samples) - 1
            self.go_to(None if newest else data.samples[index].step, data)

    def saying(self, data: RunData) -> int | None:
        """Index of what was said then; None if nothing was."""
        if self.step is None:
            return len(data.samples) - 1 if data.samples else None
        return data.sample_index_at(self.step)

    def walk(self, direction: int, data: RunData) -> None:
        """To the saying before or after; -2 and 2: to the first and the newest."""
        if not data.samples:
            return
        newest = len(data.samples) - 1
        at = self.saying(data)
        places = {
            -2: 0,
            -1: max((at or 0) - 1, 0),
            1: min(-1 if at is None else at, newest - 1) + 1,
            2: newest,
        }
        self.go_to_saying(places[direction], data)
