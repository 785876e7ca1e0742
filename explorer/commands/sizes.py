"""How the sub-commands say an amount of bytes."""


def size(number: float) -> str:
    """Bytes as kB, MB, GB."""
    for limit, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if number >= limit:
            return f"{number / limit:.1f} {unit}"
    return f"{number:.0f} bytes"
