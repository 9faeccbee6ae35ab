"""Strict YAML: what policy officers trip over is text or is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflows.rules.faults import PackError
from workflows.rules.pack_files import read_bytes
from workflows.rules.yaml_strict import parse_yaml, text_of


def test_yes_no_norway_versions_and_dates_stay_words() -> None:
    text = "{a: yes, b: NO, c: 2026.10, d: 2026-03-01, e: 12, f: '12', g: 0x1F, h: null, i: 1_000}"
    assert parse_yaml(text, "f").data == {
        "a": "yes",
        "b": "NO",
        "c": "2026.10",
        "d": "2026-03-01",
        "e": 12,
        "f": "12",
        "g": "0x1F",
        "h": "null",
        "i": "1_000",
    }


@pytest.mark.asvs("1.5.2")
@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "a second time"),
        ("a: &x 1\nb: *x\n", 1, "anchor"),
        ("a: !!python/object:os.system 1\n", 1, "tag"),
        ("a: 1\n---\nb: 2\n", 2, "document"),
        ("a: [1, 2\n", 2, "expected"),
        ("? [a]\n: 1\n", 1, "key"),
        ("a: \x00\n", 1, "YAML"),
    ],
)
def test_traps_are_refused_with_their_line(text: str, line: int, found: str) -> None:
    with pytest.raises(PackError) as caught:
        parse_yaml(text, "file.yaml")
    assert caught.value.file == "file.yaml"
    assert caught.value.line in {line, 0 if "\x00" in text else line}
    assert found in f"{caught.value.found} {caught.value.allowed}"


def test_every_place_knows_its_line() -> None:
    document = parse_yaml("a:\n  - b: 1\n  - c:\n      d: 2\n", "f")
    assert document.line(("a", 1, "c", "d")) == 4
    assert document.line(("a", 1, "c", "unknown")) == 3


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: 1\nb: \xff\xfe\n")
    with pytest.raises(PackError, match=r"x\.yaml:2"):
        text_of(read_bytes(path, "x.yaml"), "x.yaml")
    with pytest.raises(PackError, match="cannot be read"):
        read_bytes(tmp_path / "none.yaml", "none.yaml")


def test_endless_nesting_is_refused() -> None:
    with pytest.raises(PackError):
        parse_yaml("[" * 5000 + "]" * 5000, "f")
