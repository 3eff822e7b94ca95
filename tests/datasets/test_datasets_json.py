"""Movements that a web page logged."""

import json

import numpy as np
import pytest

from sklearn_ffrnn.datasets import read_json_movements


@pytest.fixture
def read(tmp_path):
    def write_and_read(text):
        path = tmp_path / "movements.jsonl"
        path.write_text(text, encoding="utf-8")
        return read_json_movements(path)

    return write_and_read


def test_points_and_fields(read):
    lines = [
        {"points": [[1, 2, 30.5], [1.5, 2, 38.5]], "visitor": "é", "probability": 0.75},
        {"probability": None, "points": [[0, 0, 0], [0, 1, 5], [0, 1, 5]], "pointer": "touch"},
    ]
    text = "\n\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n"
    movements = read(text)
    np.testing.assert_array_equal(movements.data[0], [[1, 2, 0], [1.5, 2, 8]])
    np.testing.assert_array_equal(movements.data[1], [[0, 0, 0], [0, 1, 5], [0, 1, 5]])
    assert movements.frame["visitor"].tolist()[0] == "é"
    assert movements.frame["probability"].isna().tolist() == [False, True]
    assert movements.frame["pointer"].isna().tolist() == [True, False]
    assert "2 movements, 5 points" in movements.DESCR


def test_empty_file(read):
    movements = read("\n")
    assert movements.data == []
    assert len(movements.frame) == 0


def test_lines_without_further_fields(read):
    movements = read('{"points": [[0, 0, 0], [1, 1, 1]]}\n' * 3)
    assert movements.frame.shape == (3, 0)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[1, 2]",
        "{}",
        '{"points": [[1, 2]]}',
        '{"points": []}',
        '{"points": [[1, 2, 3], [1, 2]]}',
        '{"points": [[1, 2, NaN]]}',
        '{"points": "far"}',
        '{"points": [[1, 2, null], [1, 2, 3]]}',
    ],
)
def test_says_which_line_is_no_movement(line, read):
    with pytest.raises(ValueError, match=r"movements.jsonl, line 2 "):
        read('{"points": [[0, 0, 0], [1, 1, 1]]}\n' + line)


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_json_movements(tmp_path / "none.jsonl")
