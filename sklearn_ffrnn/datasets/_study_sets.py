"""The four data sets of the study: where their files stand and what the file names say."""

from __future__ import annotations

import re
from typing import NamedTuple

STUDY_COMMIT = "3343fb01f69575dd4fee44d92e83ff7784d15d12"
STUDY_URL = f"https://github.com/FChikh/BSP-S5-Forward-Forward-RNN/archive/{STUDY_COMMIT}.zip"

_END = r"(?:_rec|_synth_\d+)?"


class StudySet(NamedTuple):
    """One data set of the study's archive."""

    title: str
    human: str  # folder of the human files, below the archive's folder "datasets"
    synthetic: str
    file_name: re.Pattern[str]  # groups: source, the human trajectory, and its writer
    counts: tuple[int, int]  # human and synthetic files at STUDY_COMMIT
    units: str


STUDY_SETS = {
    "dollar-one": StudySet(
        title="$1 unistroke gestures (Wobbrock, Wilson & Li, UIST 2007): 16 gestures, 3 speeds",
        human="csv-1dollar-human",
        synthetic="csv-1dollar-synth-best",
        file_name=re.compile(rf"(?P<source>(?P<writer>[^-]+)-.+?){_END}"),
        counts=(5280, 5280),
        units="x and y in pixels, t in ms; synthetic files have a clock of 10 ms",
    ),
    "mcyt": StudySet(
        title="MCYT signatures (Ortega-Garcia et al., IEE Proc. VISP 2003), pen tablet",
        human="MCYT/realTO",
        synthetic="MCYT_synth/syntTO",
        file_name=re.compile(r"(?P<source>(?P<writer>\d+)[a-z]\d+)"),
        counts=(2500, 2499),
        units="x and y in units of the tablet, t in ms in steps of 10",
    ),
    "mouse-operation": StudySet(
        title="Mouse operation tasks (Shen et al., Computers & Security 2014), 8 movements each",
        human="raton/realTO",
        synthetic="raton_synth/syntTO",
        # The second session of one person is named "person--2-...".
        file_name=re.compile(r"(?P<source>(?P<writer>[^-]+)-.*\d+_\d+.*)"),
        counts=(960, 960),
        units="x and y in pixels, t in ms in ticks of about 16, many of them equal",
    ),
    "mobiletouchdb": StudySet(
        title="MobileTouchDB (Tolosana et al., CVPR Workshops 2019), characters drawn on phones",
        human="MobileTouchDB/realTO",
        synthetic="MobileTouchDB_synth/syntTO",
        file_name=re.compile(r"(?P<source>(?P<writer>[^-]+)-.+)"),
        counts=(15623, 15623),
        units="x and y in pixels, t in ms at irregular steps",
    ),
}
