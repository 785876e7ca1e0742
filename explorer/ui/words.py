"""Sentences of the engine in the person's language, and numbers as people read them."""

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

ERROR_CONTEXT = "errors"
"""The translation context of every sentence that the engine can send (see explorer/errors.py)."""


def engine_sentence(template: str, values: dict[str, str]) -> str:
    """The template in the language in force, filled in."""
    try:
        return QCoreApplication.translate(ERROR_CONTEXT, template).format(**values)
    except (KeyError, IndexError, ValueError):
        return template.format(**values)


def count(number: int) -> str:
    """An integer with the language's group marks: 1,240."""
    return QLocale().toString(number)


def when(seconds: float) -> str:
    """A time of the last days by the clock, an older one by its date. `seconds`: Unix."""
    then, now = QDateTime.fromSecsSinceEpoch(int(seconds)), QDateTime.currentDateTime()
    clock = QLocale().toString(then.time(), QLocale.FormatType.ShortFormat)
    days = then.date().daysTo(now.date())
    if days == 0:
        return QCoreApplication.translate("words", "today {time}").format(time=clock)
    if days == 1:
        return QCoreApplication.translate("words", "yesterday {time}").format(time=clock)
    return QLocale().toString(then.date(), QLocale.FormatType.ShortFormat)


def duration(seconds: float) -> str:
    """m:ss, or h:mm:ss from an hour on."""
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def size(number_of_bytes: int) -> str:
    """Bytes as kB, MB, GB."""
    return QLocale().formattedDataSize(number_of_bytes, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def short_number(number: float) -> str:
    """1.2k, 3.4M: for parameters and token counts."""
    for limit, suffix in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= limit:
            return f"{number / limit:.3g}{suffix}"
    return f"{number:.3g}"
