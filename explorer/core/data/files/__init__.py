"""A person's own files as documents, whatever kind they are of."""

from explorer.core.data.files.documents import check, file_documents, is_readable
from explorer.core.data.files.report import Report

__all__ = ["Report", "check", "file_documents", "is_readable"]
