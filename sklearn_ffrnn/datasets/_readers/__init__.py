"""Readers: from the files of one format each to a table of points."""

from ._evtrack import read_evtrack
from ._inkml import read_inkml
from ._jspsych import read_jspsych
from ._log import read_log
from ._mouse_session import read_bogazici, read_sapimouse, read_session
from ._mousetrap import read_mousetrap
from ._pcibex import read_pcibex
from ._protocol import READER_CONSTRAINTS, Reader, Source
from ._rrweb import read_rrweb
from ._svc import read_svc
from ._xml import parse_xml

__all__ = [
    "READER_CONSTRAINTS",
    "Reader",
    "Source",
    "parse_xml",
    "read_bogazici",
    "read_evtrack",
    "read_inkml",
    "read_jspsych",
    "read_log",
    "read_mousetrap",
    "read_pcibex",
    "read_rrweb",
    "read_sapimouse",
    "read_session",
    "read_svc",
]
