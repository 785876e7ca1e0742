"""The Chinese is complete: no string that a person can see is left without its translation."""

import importlib.util
import re
import shutil
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

from explorer.ui import words

FOLDER = Path(__file__).parents[1] / "resources" / "translations"


def _tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"translations_{name}", FOLDER / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _messages(path: Path) -> Iterator[tuple[str, str, ElementTree.Element]]:
    for context in ElementTree.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            yield context.findtext("name", ""), message.findtext("source", ""), translation


def test_every_string_in_the_code_has_a_finished_translation(tmp_path: Path) -> None:
    copy = tmp_path / "zh_CN.ts"
    shutil.copy(FOLDER / "zh_CN.ts", copy)
    _tool("update").update([copy])
    unfinished = [
        f"{context}: {source}"
        for context, source, translation in _messages(copy)
        if translation.get("type") == "unfinished" or not (translation.text or "").strip()
    ]
    assert not unfinished, "run resources/translations/update.py and translate:\n" + "\n".join(unfinished)


def _fields(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)", text))


def test_translations_keep_the_fields_and_the_marks_of_their_source() -> None:
    for context, source, translation in _messages(FOLDER / "zh_CN.ts"):
        assert _fields(source) == _fields(translation.text or ""), f"{context}: {source}"


def test_the_compiled_file_speaks_chinese(qapp: QCoreApplication, tmp_path: Path) -> None:
    shutil.copy(FOLDER / "zh_CN.ts", tmp_path)
    (compiled,) = _tool("compile").compile_all(tmp_path)
    translator = QTranslator()
    assert translator.load(str(compiled))
    QCoreApplication.installTranslator(translator)
    try:
        assert QCoreApplication.translate("Rail", "Tokens") == "词元"
        template = "The engine met an error of its own: {error}"
        said = words.engine_sentence(template, {"error": "KeyError: 'x'"})
        assert said != template.format(error="KeyError: 'x'") and "KeyError: 'x'" in said
    finally:
        QCoreApplication.removeTranslator(translator)


def test_sentences_of_the_engine_are_found_where_they_are_raised(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(
        'raise InputError("There is no {thing}. " "Take another.", thing=1)\n'
        'Failed(template="It broke: {error}", values={})\n'
        'raise ValueError("not for a person")\n'
    )
    assert _tool("update").engine_sentences(tmp_path) == [
        "There is no {thing}. Take another.",
        "It broke: {error}",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="the example paths are POSIX")
def test_a_value_with_braces_is_shown_as_it_is() -> None:
    assert words.engine_sentence("No file {path}.", {"path": "/a{b}"}) == "No file /a{b}."
