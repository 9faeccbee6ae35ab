"""A document as a machine sends it."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from flask_babel import gettext
from marshmallow import ValidationError, fields

from app.schemas.base import CommandSchema, Text
from models.documents import DOCUMENT_PURPOSES
from models.vocabulary import Purpose
from workflows.attachments import AttachDocument


class FileContent(fields.String):
    """Bytes in base64 (RFC 4648, section 4). What they are is looked at by the workflow."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        text = super()._deserialize(value, attr, data, **rest)
        try:
            return base64.b64decode(text, validate=True)
        except (ValueError, binascii.Error):
            raise ValidationError(gettext("Send the file in base64.")) from None


class DocumentPurpose(fields.String):
    """What a document is for."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        text = super()._deserialize(value, attr, data, **rest)
        if text not in {purpose.value for purpose in DOCUMENT_PURPOSES}:
            raise ValidationError(gettext("Choose one from the list."))
        return Purpose(text)


class AttachDocumentSchema(CommandSchema):
    """Keep a document. `purpose`: identity, protection, medical or legal."""

    command = AttachDocument

    case_number = Text(required=True, most=20)
    purpose = DocumentPurpose(required=True)
    name = Text(required=True, most=200)
    content = FileContent(required=True)
