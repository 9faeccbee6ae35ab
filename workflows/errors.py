"""The errors a workflow may raise. Doors map them once, to a page or to problem+json (RFC 9457).

    SeraiError
    |-- NotAllowed            403  the policy has no rule for this act
    |-- NotFound              404  no such thing, or not for this actor: the same answer either way
    |-- NotAllowedNow         409  the state does not permit the act
    |-- SameSignatory         409  whoever brought a version in cannot publish it
    |-- SameApprover          409  whoever asked cannot approve
    |-- ApprovalMissing       409  another account must approve it first
    |-- ChangedMeanwhile      409  somebody else changed it since the page was shown
    |-- BadCaseNumber         422  the check digit does not fit
    |-- InvalidCommand        422  a value that the schema let pass cannot be used
    |-- KeyReused             422  an idempotency key was used for another request
    |-- FileRefused           422  a file of a kind that is not kept, or too large, or with malware in it
    |-- NoPlaceFree           409  the last place of a service was taken meanwhile
    |-- ConsentMissing        422  a packet may not leave without a basis
    |-- OriginFirewall        422  a recipient of the person's country of origin (INV-20)
    |-- NotInformedYet        409  questions before the information step (INV-19)
    |-- SignInFailed          401  name, password or code; never says which
    |-- WrongReceiptCode      401  number or code of a receipt; never says which
    |-- TooManyAttempts       429  a limit is reached
    |-- StillHeld             409  a hold shuts the action
    |-- UnsafeToMerge         409  two records may not stand as one person
    |-- KeptBackNow           409  a legal hold keeps the file from being erased
    |-- WouldTell             422  the text would tell a person of somebody who is kept from them
    |-- SplitsFamily          422  a member goes to another desk than the family, without a ground (INV-26)
    |-- InAnotherGroup        409  a person is of one group at a time
    |-- LinkNotOurs           409  the link of a child is verified by a desk, not by a post (INV-28)
    |-- Restricted            409  the person has objected; nothing new may leave
    |-- WitnessSilent         503  no witness has cosigned the newest checkpoint
    |-- ScannerUnreachable    503  the malware scanner cannot be asked, so nothing is kept
    |-- Busy                  503  others kept the database too long; nothing was written
    `-- StorageFull           507  nothing was written

No error carries personal data: `params` hold codes and numbers only.
"""

from __future__ import annotations

from typing import ClassVar


class SeraiError(Exception):
    """Base of the tree. `code` is stable and documented; `message` is a gettext key in English."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    message: ClassVar[str] = "This could not be done."

    def __init__(self, **params: str | int) -> None:
        self.params = params
        super().__init__(self.code)


class NotAllowed(SeraiError):
    """The policy has no rule that allows this act to this actor."""

    code = "not_allowed"
    status = 403
    message = "Your role does not allow this."


class NotFound(SeraiError):
    """No such thing, or not for this actor."""

    code = "not_found"
    status = 404
    message = "There is nothing here that you may see."


class NotAllowedNow(SeraiError):
    """The state of the thing does not permit the act."""

    code = "not_allowed_now"
    status = 409
    message = "This is not possible in the present state."


class SameSignatory(SeraiError):
    """A second signature must be another account's."""

    code = "same_signatory"
    status = 409
    message = "You brought this version in. Somebody else must publish it."


class SameApprover(SeraiError):
    """An approval must be another account's, and another human's."""

    code = "same_approver"
    status = 409
    message = "You asked for this. Somebody else must approve it."


class ApprovalMissing(SeraiError):
    """Four eyes: nobody else has approved exactly this, or the approval has expired or was used."""

    code = "approval_missing"
    status = 409
    message = "Somebody else must approve exactly this first. An approval holds for a day and for one use."


class ChangedMeanwhile(SeraiError):
    """The thing was changed after the page was shown."""

    code = "changed_meanwhile"
    status = 409
    message = (
        "Somebody else changed this since you opened the page. Look at it again before you go on."
    )


class BadCaseNumber(SeraiError):
    """The check digit does not fit the case number."""

    code = "bad_case_number"
    status = 422
    message = "This is not a case number: the last character does not fit. Check what was typed."


class InvalidCommand(SeraiError):
    """A value cannot be used. `field` names where."""

    code = "invalid"
    status = 422
    message = "Something in what was entered cannot be used."


class KeyReused(SeraiError):
    """The idempotency key was used before, for another request."""

    code = "key_reused"
    status = 422
    message = "This key was used for another request. Send a new key with a new request."


class FileRefused(SeraiError):
    """A file cannot be kept. `reason` is a code: unknown_kind, too_large, broken, malware ..."""

    code = "file_refused"
    status = 422
    message = "This file cannot be kept. Take a PDF, or a picture as JPEG, PNG or WebP."


class NoPlaceFree(SeraiError):
    """The last place of a service was taken since the page was shown. Nothing was sent."""

    code = "no_place_free"
    status = 409
    message = "This desk has no place left. Nothing was sent: choose another desk."


class ConsentMissing(SeraiError):
    """No consent and no other legal basis is recorded for this packet."""

    code = "consent_missing"
    status = 422
    message = "Record the person's consent, or the legal basis without it, before you send."


class OriginFirewall(SeraiError):
    """The recipient belongs to the person's country of origin (INV-20; TJK refugee law art. 14(3))."""

    code = "origin_firewall"
    status = 422
    message = "This recipient belongs to a country the person may fear. Nothing may be sent there."


class NotInformedYet(SeraiError):
    """Questions may not start before the person was told what they are for (INV-19)."""

    code = "not_informed_yet"
    status = 409
    message = "Tell the person what the questions are for, and record it, before you ask."


class SignInFailed(SeraiError):
    """Name, password or code are wrong, or the account is closed. Never says which."""

    code = "sign_in_failed"
    status = 401
    message = "The name, the password or the code is not right."


class WrongReceiptCode(SeraiError):
    """Case number and receipt code do not belong together, whichever of them is wrong."""

    code = "wrong_receipt_code"
    status = 401
    message = "This number and this code do not belong together, or there is a newer receipt."


class TooManyAttempts(SeraiError):
    """A limit is reached; `minutes` says how long to wait."""

    code = "too_many_attempts"
    status = 429
    message = "There were too many attempts. Wait some minutes and try again."


class StillHeld(SeraiError):
    """A hold shuts this action."""

    code = "still_held"
    status = 409
    message = "A safeguard still holds. It must be settled or lifted by the competent body first."


class UnsafeToMerge(SeraiError):
    """Two records may not stand as one person. `reason` is a code."""

    code = "unsafe_to_merge"
    status = 409
    message = "These two records may not be put together. The page says why."


class KeptBackNow(SeraiError):
    """A legal hold keeps the file of this person from being erased."""

    code = "kept_back"
    status = 409
    message = "This file is kept back for a reason. End that first."


class Restricted(SeraiError):
    """The person has objected, or asked that nothing be done with the file meanwhile."""

    code = "restricted"
    status = 409
    message = (
        "This person has objected. Until that is answered, only help for their life may be sent."
    )


class WouldTell(SeraiError):
    """A text that the person will hear names somebody who is kept from them."""

    code = "would_tell"
    status = 422
    message = (
        "This names somebody of whom this person must not learn. Leave the name and the number out, or "
        "withhold it from the person. Nothing was saved."
    )


class SplitsFamily(SeraiError):
    """A family goes to one desk, unless there is a ground to part them (INV-26)."""

    code = "splits_family"
    status = 422
    message = (
        "The others of the group were sent to another desk that can take this person too. Choose that desk, "
        "or say why they go apart."
    )


class InAnotherGroup(SeraiError):
    """A person is of one group at a time."""

    code = "in_another_group"
    status = 409
    message = "This person is of a group already. They must leave it first."


class LinkNotOurs(SeraiError):
    """Who is a child's parent or carer is not found by a border post (INV-28)."""

    code = "link_not_ours"
    status = 409
    message = "The link of a child to an adult is verified by the body for children, not here."


class WitnessSilent(SeraiError):
    """The witness of the log cannot be reached, refuses, or answers with something else."""

    code = "witness_silent"
    status = 503
    message = (
        "The witness has not cosigned the checkpoint. Ask whoever runs it, and keep a printed one."
    )


class ScannerUnreachable(SeraiError):
    """The scanner that the deployment asks for cannot be reached. Nothing was kept."""

    code = "scanner_unreachable"
    status = 503
    message = (
        "Files cannot be checked now, so none is kept. Tell your administrator and try again later."
    )


class Busy(SeraiError):
    """Others kept the database too long. Nothing was kept of this request; it may be sent again."""

    code = "busy"
    status = 503
    message = "The system is busy. Nothing was saved. Wait a moment and try again."


class StorageFull(SeraiError):
    """The database could not write. Nothing was kept of this request."""

    code = "storage_full"
    status = 507
    message = "There is no room to save. Nothing was written. Tell your administrator."
