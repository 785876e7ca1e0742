"""How torch's threads wait for each other. No torch here: it must be settled before torch is loaded."""

import os


def wait_without_spinning() -> None:
    """Let threads that wait for others sleep. Call it before torch is imported; it is the process's for good.

    OpenMP's threads otherwise spin for milliseconds after each operation, in case there is another. With
    anything else on the same cores (a training run, the window), the spinning ones hold back those that
    they wait for: decoding on two busy cores then fell from some hundred tokens a second to four, and
    training to a third. What the person has set in the environment stays.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
