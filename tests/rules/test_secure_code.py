"""What the code must not do at all, wherever: run what was sent, build statements of it, reach out unseen.

Each rule is a list of the places that may; a new place is a decision, and is made here.
"""

from __future__ import annotations

import ast
import importlib
import re
import re._parser as sre  # type: ignore[import-not-found]  # the only reader of patterns there is
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from config.settings import PACKS
from workflows.packs import Shelf
from workflows.rules.compiled import program

ROOMS = {"app", "config", "models", "workflows"}
Found = set[tuple[str, str]]


@pytest.fixture(scope="module")
def product(sources: dict[Path, str]) -> dict[str, ast.Module]:
    """Every module of the product, read."""
    return {
        path.as_posix(): ast.parse(text)
        for path, text in sources.items()
        if path.parts[0] in ROOMS or path.name == "wsgi.py"
    }


def calls(product: dict[str, ast.Module]) -> Iterator[tuple[str, str, ast.Call]]:
    """(file, what is called, the call)."""
    for path, tree in product.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield path, ast.unparse(node.func), node


def called(product: dict[str, ast.Module], pattern: str) -> Found:
    """(file, what is called) of each call whose name fits."""
    fits = re.compile(pattern)
    return {(path, name) for path, name, _ in calls(product) if fits.fullmatch(name)}


def imported(product: dict[str, ast.Module], *names: str) -> set[str]:
    """The files that import one of these libraries."""
    return {
        path
        for path, tree in product.items()
        for name in _libraries(tree)
        if name in names or name.partition(".")[0] in names
    }


def _libraries(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


@pytest.mark.asvs("1.3.2")
def test_code_is_made_and_run_in_one_place_alone(product: dict[str, ast.Module]) -> None:
    """The compiled pack: names and numbers of ours, see the next test."""
    assert called(product, r"eval|exec|compile|__import__|code\.interact") == {
        ("workflows/rules/compiled.py", "compile"),
        ("workflows/rules/compiled.py", "exec"),
    }


@pytest.mark.asvs("1.3.2")
def test_no_word_of_a_pack_gets_into_the_code_that_is_run() -> None:
    seen, shelf = 0, Shelf(PACKS)
    for code in ("kaz", "tjk"):
        pack = shelf.get(code, date(2026, 11, 24))
        source = program(pack).source
        words = set(re.findall(r"[A-Za-z_]\w*", source))
        strange = {
            word for word in words if not re.fullmatch(r"[A-Za-z]{1,2}(\d+(_\d+)?)?|_", word)
        }
        python = {"def", "return", "if", "else", "for", "in", "and", "or", "not", "is"}
        known = {"True", "False", "None", "decide", "missing", "out", "isdisjoint"}
        assert strange <= python | known
        assert "'" not in source
        assert '"' not in source
        seen += len(words)
    assert seen > 100


@pytest.mark.asvs("1.2.5")
def test_programs_are_started_in_one_place_and_never_by_a_shell(
    product: dict[str, ast.Module],
) -> None:
    assert imported(product, "subprocess", "pty", "multiprocessing") == {"workflows/scanning.py"}
    assert called(product, r"os\.(system|popen|exec\w*|spawn\w*|posix_spawn\w*)") == set()
    for _, name, call in calls(product):
        if name.startswith("subprocess."):
            assert not {key.arg for key in call.keywords} & {"shell", "executable", None}
            assert isinstance(call.args[0], ast.Call), "a list of words, made by shlex"


#: Statements that are not one constant text: what may be put into them, and why nobody sends it.
BUILT_STATEMENTS: Found = {
    ("models/vault/engine.py", "f'BEGIN {mode}'"),  # one of two words, checked before
    ("models/vault/keys.py", "f'SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})'"),  # a number of ours
    (  # names of ours; their values are parameters
        "models/scope.py",
        "'SELECT ' + ', '.join((f\"set_config('serai.{name}', :{name}, true)\" for name in _NAMES))",
    ),
}


@pytest.mark.asvs("1.2.4")
def test_statements_are_constant_and_values_are_parameters(
    product: dict[str, ast.Module],
) -> None:
    built: Found = set()
    for path, name, call in calls(product):
        last = name.rpartition(".")[2]
        raw = name == "text" or name.startswith("sa.text") or name.endswith("sql.text")
        if not (raw or last in {"exec_driver_sql", "literal_column", "executescript", "DDL"}):
            continue
        first = call.args[0] if call.args else ast.Constant("")
        if not (isinstance(first, ast.Constant) or _is_named_constant(product[path], first)):
            built.add((path, ast.unparse(first)))
    executed = {
        (path, ast.unparse(call.args[0]))
        for path, name, call in calls(product)
        if name.endswith(".execute") and call.args and isinstance(call.args[0], ast.JoinedStr)
    }
    assert built | executed == BUILT_STATEMENTS


def _is_named_constant(tree: ast.Module, node: ast.expr) -> bool:
    """A name in capitals that the module binds to texts without a gap to fill."""
    if not (isinstance(node, ast.Name) and node.id.strip("_").isupper()):
        return False
    values = [
        one.value
        for one in tree.body
        if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == node.id
    ]
    return bool(values) and not any(
        isinstance(part, ast.JoinedStr) for value in values for part in ast.walk(value)
    )


#: Names of templates that come from a list of ours: an argument, or the verb of a route.
NAMED_HERE = {"template", "f'protection/{verb}.html'"}
PASSED_ON = {
    "app/web/protection/steps.py",
    "app/web/papers.py",
    "app/web/protection/queue.py",
    "app/web/whole_file.py",
}


@pytest.mark.asvs("1.3.7")
def test_templates_come_from_files_alone(product: dict[str, ast.Module]) -> None:
    made = called(product, r"(.*\.)?(render_template_string|from_string|Template|Environment)")
    assert made == set()
    for path, name, call in calls(product):
        if name == "render_template":
            first = call.args[0]
            fixed = isinstance(first, ast.Constant) or (
                isinstance(first, ast.IfExp)
                and isinstance(first.body, ast.Constant)
                and isinstance(first.orelse, ast.Constant)
            )
            # Functions of these two are called with the names of our templates.
            fixed = fixed or (path in PASSED_ON and ast.unparse(first) in NAMED_HERE)
            assert fixed, (path, ast.unparse(first))


#: `.format` of something that is no constant: texts of ours that are chosen by a name.
CHOSEN_FORMATS = {"app/charts.py", "workflows/rules/sentences.py", "workflows/rules/proof_words.py"}


@pytest.mark.asvs("1.3.10")
def test_texts_with_gaps_are_ours(product: dict[str, ast.Module]) -> None:
    free = {
        path
        for path, tree in product.items()
        for node in ast.walk(tree)
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"format", "format_map"}
            and not _is_text(node.func.value)
        )
        or (
            isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and _may_be_text(node.left)
        )
    }
    assert free <= CHOSEN_FORMATS


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.Call) and ast.unparse(node.func) in {"Markup", "gettext", "_"}:
        return isinstance(node.args[0], ast.Constant)
    return isinstance(node, ast.Constant | ast.JoinedStr) or ast.unparse(node) == "_HEAD"


def _may_be_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


#: Patterns that are put together, each of texts of ours.
JOINED_PATTERNS: Found = {
    ("workflows/names/skeleton.py", "'|'.join(map(re.escape, longest_first))"),
    ("workflows/rules/pack_fields.py", "pattern"),
    ("workflows/rules/signatures.py", "_FORMS['name']"),
    ("workflows/rules/signatures.py", "_FORMS[name]"),
}


@pytest.mark.asvs("1.2.9")
def test_no_pattern_is_made_of_what_was_sent(product: dict[str, ast.Module]) -> None:
    joined: Found = set()
    for path, name, call in calls(product):
        if re.fullmatch(
            r"re\.(compile|match|search|fullmatch|sub|subn|findall|finditer|split)", name
        ):
            first = call.args[0]
            gaps = {
                ast.unparse(part.value)
                for part in ast.walk(first)
                if isinstance(part, ast.FormattedValue)
            }
            named = all(
                gap.strip("_").isupper() or gap == "'|'.join(DURATION_UNITS)" for gap in gaps
            )
            plain = isinstance(first, ast.Constant | ast.JoinedStr) or (
                isinstance(first, ast.BinOp) and "_ACTS" in ast.unparse(first)
            )
            if not (plain and named):
                joined.add((path, ast.unparse(first)))
    assert joined == JOINED_PATTERNS


def patterns() -> Iterator[tuple[str, str | bytes]]:
    """Every pattern that a module of the product keeps."""
    root = Path(__file__).parents[2]
    for room in sorted(ROOMS):
        for path in sorted((root / room).rglob("*.py")):
            if "re.compile" in path.read_text(encoding="utf-8"):
                name = ".".join(path.relative_to(root).with_suffix("").parts)
                module: ModuleType = importlib.import_module(name.removesuffix(".__init__"))
                for value in vars(module).values():
                    held = value if isinstance(value, list | tuple) else [value]
                    for one in held:
                        found = one[0] if isinstance(one, tuple) else one
                        if isinstance(found, re.Pattern):
                            yield name, found.pattern


@pytest.mark.asvs("1.3.12")
def test_no_pattern_can_try_in_exponentially_many_ways() -> None:
    """A repetition without an end inside another one without an end is what makes it so."""
    assert _nests(sre.parse(r"(a+)+$"))
    assert _nests(sre.parse(r"(?:a|b+)*x"))
    seen = 0
    for name, pattern in patterns():
        assert not _nests(sre.parse(pattern)), (name, pattern)
        seen += 1
    assert seen > 40


def _nests(tree: object, *, inside: bool = False) -> bool:
    if isinstance(tree, sre.SubPattern | list | tuple):
        parts = list(tree)
        if len(parts) == 2 and str(parts[0]) in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            _, most, body = parts[1]
            endless = most is sre.MAXREPEAT
            return (inside and endless) or _nests(body, inside=inside or endless)
        return any(_nests(part, inside=inside) for part in parts)
    return False


#: Who opens connections outward; each takes the address from the settings, which take TLS or this machine.
REACHES_OUT = {
    "app/cli/serve.py",  # asks whether its own port is free
    "app/jobs/posting.py",  # to agencies outside, at the address that an administrator has set
    "app/openid.py",
    "models/vault/device_kms.py",
    "models/vault/device_vault.py",
    "workflows/scanning.py",
    "workflows/witnesses.py",
}
OUTWARD = (
    *("socket", "ssl", "http.client", "http.server", "urllib.request", "ftplib"),
    *(
        "smtplib",
        "poplib",
        "imaplib",
        "xmlrpc",
        "requests",
        "httpx",
        "httpx2",
        "aiohttp",
        "urllib3",
        "hvac",
        "boto3",
        "ldap3",
        "paramiko",
    ),
)


@pytest.mark.asvs("1.3.6", "13.2.4", "16.2.3")
def test_few_modules_reach_out_and_none_chooses_where(product: dict[str, ast.Module]) -> None:
    assert imported(product, *OUTWARD) == REACHES_OUT
    handlers = called(
        product, r"(.*\.)?(FileHandler|SysLogHandler|SocketHandler|HTTPHandler|basicConfig)"
    )
    assert handlers == set()
    assert imported(product, "logging") <= {"config/logging.py", "app/fallback.py"}


@pytest.mark.asvs("12.3.2")
def test_no_certificate_goes_unchecked(texts: dict[Path, str]) -> None:
    loose = re.compile(
        r"CERT_NONE|_create_unverified|check_hostname\s*=\s*False|verify\s*=\s*False"
    )
    own = [
        str(path) for path, text in texts.items() if path.parts[0] in ROOMS and loose.search(text)
    ]
    assert own == []


@pytest.mark.asvs("1.5.2")
def test_nothing_that_was_sent_becomes_an_object_of_its_own_choice(
    product: dict[str, ast.Module],
) -> None:
    assert imported(product, "pickle", "marshal", "shelve", "dill", "jsonpickle", "joblib") == set()
    assert called(product, r"yaml\.(load|unsafe_load|full_load)\w*") == set()


@pytest.mark.asvs("1.5.1")
def test_xml_is_read_by_the_reader_of_spreadsheets_alone(product: dict[str, ast.Module]) -> None:
    assert imported(product, "xml", "lxml", "xmltodict", "defusedxml") == set()
    assert imported(product, "openpyxl") == {"workflows/rules/pack_sheets.py"}


@pytest.mark.asvs("6.5.3", "7.2.3", "11.5.1")
def test_chance_that_can_be_foreseen_decides_nothing_secret(
    product: dict[str, ast.Module],
) -> None:
    """`random` makes invented people, samples and simulated attackers; what opens something is `secrets`."""
    for path in imported(product, "random", "numpy"):
        simulated = ("app/demonstration/", "workflows/rules/", "workflows/disclosure/attack")
        assert path.startswith(simulated) or path == "workflows/recheck.py", path
    assert called(product, r"(.*\.)?uuid[1356]") == set()


@pytest.mark.asvs("11.4.3")
def test_what_proves_that_nothing_was_changed_is_sha_256_or_longer(
    product: dict[str, ast.Module],
) -> None:
    strong = {"sha256", "sha384", "sha512", "sha3_256", "sha3_512"}
    used = {
        name.name
        for tree in product.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "hashlib"
        for name in node.names
    }
    used |= {
        node.attr
        for tree in product.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "hashlib"
    }
    assert used
    assert used <= strong
    sha1 = {p for p, t in product.items() if "SHA1" in {getattr(n, "id", "") for n in ast.walk(t)}}
    assert sha1 == {"models/vault/factors.py"}, (
        "codes of authenticators, which integrity never needs"
    )


@pytest.mark.asvs("11.2.1")
def test_no_cryptography_is_our_own_or_of_another_library(
    product: dict[str, ast.Module],
) -> None:
    others = (
        "Crypto",
        "Cryptodome",
        "nacl",
        "rsa",
        "ecdsa",
        "pyaes",
        "argon2",
        "bcrypt",
        "OpenSSL",
    )
    assert imported(product, *others) == set()
    assert imported(product, "cryptography")
    primitives = re.compile(r"(?i)s_?box|round_?constant|def (aes|argon2|chacha|keccak)\w*\(")
    assert [path for path, tree in product.items() if primitives.search(ast.unparse(tree))] == []


@pytest.mark.asvs("15.3.7")
def test_a_page_says_where_it_takes_each_value_from(product: dict[str, ast.Module]) -> None:
    """`request.values` mixes what stands in the address with what was sent."""
    mixed = [p for p, t in product.items() if re.search(r"request\.values", ast.unparse(t))]
    assert mixed == []


def test_no_secret_is_in_the_repository(texts: dict[Path, str]) -> None:
    secret = re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bghp_[A-Za-z0-9]{36}\b|\bhvs\.[A-Za-z0-9]{20,}"
        r"|(?i:secret_key|api_key|passphrase|client_secret)\s*=\s*['\"][^'\"\s]{12,}['\"]"
    )
    assert secret.search("-----BEGIN EC PRIVATE KEY")
    own = [path for path, text in texts.items() if path.parts[0] != "tests" and secret.search(text)]
    assert own == []
