"""Real and published movement data, in the trajectory form that the package works on."""

from ._balabit import load_balabit_session
from ._dollar_xml import load_dollar_xml
from ._fetch_balabit import fetch_balabit
from ._json_movements import read_json_movements
from ._minimum_jerk import make_minimum_jerk_movements
from ._mouse_movements import load_mouse_movements
from ._pointer_study import fetch_pointer_study
from ._readers import (
    read_bogazici,
    read_evtrack,
    read_inkml,
    read_jspsych,
    read_log,
    read_mousetrap,
    read_pcibex,
    read_rrweb,
    read_sapimouse,
    read_svc,
)
from ._split_movements import split_movements
from ._study_folder import load_study_folder
from ._whole_sequences import whole_sequences

__all__ = [
    "fetch_balabit",
    "fetch_pointer_study",
    "load_balabit_session",
    "load_dollar_xml",
    "load_mouse_movements",
    "load_study_folder",
    "make_minimum_jerk_movements",
    "read_bogazici",
    "read_evtrack",
    "read_inkml",
    "read_json_movements",
    "read_jspsych",
    "read_log",
    "read_mousetrap",
    "read_pcibex",
    "read_rrweb",
    "read_sapimouse",
    "read_svc",
    "split_movements",
    "whole_sequences",
]
