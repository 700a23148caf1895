"""Results to files and to the terminal."""

from tolltrace.writing.console import claims_table
from tolltrace.writing.files import ResultFiles, Summary

__all__ = ["ResultFiles", "Summary", "claims_table"]
