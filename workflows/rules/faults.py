"""What can be wrong with a pack or an answer, said so that a policy officer can put it right.

Messages name the place, what was found and what is allowed. They never hold an answer of a person:
`AnswerError.found` is cut short and meant for the field it came from, not for a log.
"""

from __future__ import annotations

from workflows.errors import SeraiError


class PackError(SeraiError):
    """A pack cannot be used. `line` is 0 when the whole file is meant."""

    code = "pack_invalid"
    status = 422
    message = "This rule pack cannot be used."

    def __init__(self, file: str, line: int, found: str, allowed: str) -> None:
        self.file = file
        self.line = line
        self.found = found if len(found) <= 200 else found[:197] + "..."
        self.allowed = allowed
        super().__init__(file=file, line=line, found=self.found, allowed=allowed)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: found {self.found}; allowed: {self.allowed}"


class FactsError(SeraiError):
    """A file of facts cannot be judged. It names the place and the fact, never what was answered."""

    code = "facts_invalid"
    status = 422
    message = "These facts cannot be judged."

    def __init__(self, file: str, line: int, found: str, allowed: str) -> None:
        self.file, self.line = file, line
        self.found, self.allowed = found, allowed
        super().__init__(file=file, line=line, found=found, allowed=allowed)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: found {self.found}; allowed: {self.allowed}"


class AnswerError(SeraiError):
    """A raw answer does not fit its fact. Safe params only: the fact and what is allowed."""

    code = "answer_invalid"
    status = 422
    message = "This answer does not fit the question."

    def __init__(self, fact: str, allowed: str) -> None:
        self.fact = fact
        self.allowed = allowed
        super().__init__(fact=fact, allowed=allowed)

    def __str__(self) -> str:
        return f"{self.fact}: allowed: {self.allowed}"
