"""load_study_folder on made-up folders of the study's layout."""

import numpy as np
import pytest

from sklearn_ffrnn.datasets import load_study_folder
from sklearn_ffrnn.datasets._study_sets import STUDY_SETS

SPACES = "stroke_id x y time is_writing\n0 81 206 0 1\n0 83 208 48 1\n1 86 209 80 0"
TABS = (
    "stroke_id\t x\t y\t time\t is_writing\n"
    "1.000000 \t 17.440000 \t 80.240000 \t 0.000000 \t 1.000000 \n"
    "1.000000 \t 19.110000 \t 82.170000 \t 10.000000 \t 1.000000 \n"
    "\n"
)
BACKWARDS = (
    "stroke_id x y time is_writing\n3 0 0 0 1\n3 1 0 32 1\n4 2 0 16 1\n4 3 0 31 1\n4 4 0 48 1\n"
)


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def small(folder, **changes):
    files = {"real/001g01.csv": TABS, "synthetic/001g01.csv": TABS}
    return write(folder, files | changes)


def test_columns_are_found_by_name(tmp_path):
    write(
        tmp_path,
        {
            "real/s04-arrow-fast-t01.csv": SPACES,
            "synthetic/s04-arrow-fast-t01_rec.csv": (
                "is_writing time y x stroke_id\n1 5 206 81 0\n1 48 208 83 0\n"
            ),
        },
    )
    study = load_study_folder(tmp_path, "dollar-one")
    np.testing.assert_array_equal(study.data[0], [[81, 206, 0], [83, 208, 48], [86, 209, 80]])
    np.testing.assert_array_equal(study.data[1], [[81, 206, 5], [83, 208, 48]])
    np.testing.assert_array_equal(study.stroke_id[0], [0, 0, 1])
    np.testing.assert_array_equal(study.pen_down[0], [True, True, False])
    assert study.target.tolist() == [1, 0]
    assert study.target_names[study.target[0]] == "human"


def test_tabs_with_spaces_and_empty_lines(tmp_path):
    X, y = load_study_folder(str(small(tmp_path)), "mcyt", return_X_y=True)
    np.testing.assert_array_equal(X[0], [[17.44, 80.24, 0], [19.11, 82.17, 10]])
    assert y.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("name", "stem", "source", "writer"),
    [
        ("dollar-one", "s04-arrow-fast-t02", "s04-arrow-fast-t02", "s04"),
        ("dollar-one", "s04-arrow-fast-t02_rec", "s04-arrow-fast-t02", "s04"),
        ("dollar-one", "s11-left_sq_bracket-slow-t06_synth_09", None, "s11"),
        ("mcyt", "001g25", "001g25", "001"),
        ("mouse-operation", "m000-102_2012810193940_logfile", None, "m000"),
        # The second session of a person.
        ("mouse-operation", "m017--2-102_2012529154221_logfile", None, "m017"),
        ("mobiletouchdb", "user1-Sesion1-u1_s1_mayÑ", "user1-Sesion1-u1_s1_mayÑ", "user1"),
    ],
)
def test_source_and_writer_come_from_the_file_name(name, stem, source, writer):
    match = STUDY_SETS[name].file_name.fullmatch(stem)
    assert match["writer"] == writer
    assert match["source"] == (source or stem.split("_synth")[0])


@pytest.mark.parametrize("name", STUDY_SETS)
@pytest.mark.parametrize("inside", ["", "datasets"])
def test_folders_of_the_archive(tmp_path, name, inside):
    stems = {
        "dollar-one": "s01-x-slow-t01",
        "mcyt": "001g01",
        "mouse-operation": "ann-1_2_logfile",
        "mobiletouchdb": "user1-a",
    }
    human, synthetic = STUDY_SETS[name].human, STUDY_SETS[name].synthetic
    files = {f"{human}/{stems[name]}.csv": TABS, f"{synthetic}/{stems[name]}.csv": TABS}
    write(tmp_path / inside, files | {f"{human}/.history": "junk", f"{human}/._x.csv": "junk"})
    study = load_study_folder(tmp_path, name)
    assert study.target.tolist() == [1, 0]
    assert study.source[0] == study.source[1] == stems[name]


def test_accented_names_in_either_unicode_form_are_one_source(tmp_path):
    write(tmp_path, {"real/u1-may\u00d1.csv": TABS, "synthetic/u1-mayN\u0303.csv": TABS})
    study = load_study_folder(tmp_path, "mobiletouchdb")
    assert study.source[0] == study.source[1]
    assert "0 synthetic sample(s) have no human source" in study.DESCR


def test_time_that_runs_backwards(tmp_path):
    small(tmp_path, **{"synthetic/001g02.csv": BACKWARDS})
    clipped = load_study_folder(tmp_path, "mcyt")
    kept = load_study_folder(tmp_path, "mcyt", on_backwards="keep")
    dropped = load_study_folder(tmp_path, "mcyt", on_backwards="drop")
    assert clipped.time_backwards.tolist() == kept.time_backwards.tolist() == [False, False, True]
    assert kept.data[2][:, 2].tolist() == [0, 32, 16, 31, 48]
    assert clipped.data[2][:, 2].tolist() == [0, 32, 32, 32, 48]
    np.testing.assert_array_equal(clipped.data[2][:, :2], kept.data[2][:, :2])
    assert len(dropped.data) == len(dropped.pen_down) == len(dropped.writer) == 2
    for study in (clipped, kept, dropped):
        assert "In 0 human and 1 synthetic samples time runs backwards" in study.DESCR


def test_description_counts_what_is_odd(tmp_path):
    one_point = "stroke_id x y time is_writing\n1 2 3 0 1\n"
    small(tmp_path, **{"real/002g01.csv": one_point, "synthetic/003g01.csv": TABS})
    study = load_study_folder(tmp_path, "mcyt")
    assert study.name.tolist() == ["001g01", "001g01", "003g01"]
    assert "1 sample(s) with a single point were left out" in study.DESCR
    assert "1 synthetic sample(s) have no human source here" in study.DESCR
    assert "1 human and 2 synthetic samples of 2 writers, 6 points" in study.DESCR


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "002g01.csv is empty"),
        ("stroke_id x y time is_writing\n", "002g01.csv holds a header but no points"),
        ("stroke_id x y t is_writing\n1 2 3 4 5\n", r"002g01.csv, line 1: no column time"),
        ("stroke_id x y time is_writing\n1 2 3 4 1\n1 2 x 4 1", "line 3: y is 'x', not a number"),
        ("stroke_id x y time is_writing\n1 2 nan 4 1\n", "line 2: y is 'nan', not a number"),
        ("stroke_id x y time is_writing\n1 2 3 4\n1 2 3 4 1 6\n", "line 2: 4 cells for 5 columns"),
    ],
)
def test_malformed_files_are_named_with_the_line(tmp_path, text, message):
    small(tmp_path, **{"real/002g01.csv": text})
    with pytest.raises(ValueError, match=message):
        load_study_folder(tmp_path, "mcyt")


def test_wrong_folders_and_arguments(tmp_path):
    with pytest.raises(FileNotFoundError, match="is not a folder"):
        load_study_folder(tmp_path / "nowhere", "mcyt")
    with pytest.raises(FileNotFoundError, match="none of these pairs of folders"):
        load_study_folder(tmp_path, "mcyt")
    small(tmp_path)
    with pytest.raises(ValueError, match="'name' parameter"):
        load_study_folder(tmp_path, "raton")
    with pytest.raises(ValueError, match="'on_backwards' parameter"):
        load_study_folder(tmp_path, "mcyt", on_backwards="sort")
    with pytest.raises(ValueError, match=r"001g01.csv: the file name does not have the form"):
        load_study_folder(tmp_path, "dollar-one")
    (tmp_path / "synthetic" / "001g01.csv").unlink()
    with pytest.raises(ValueError, match="1 human and 0 synthetic files; both are needed"):
        load_study_folder(tmp_path, "mcyt")
