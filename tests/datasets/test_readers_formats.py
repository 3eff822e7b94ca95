"""Each reader on a small file in the form that its project documents."""

import csv
import inspect
import io
import json
import warnings

import numpy as np
import pandas as pd
import pytest

from sklearn_ffrnn import datasets, sequences_from_frame
from sklearn_ffrnn.datasets import (
    load_balabit_session,
    load_dollar_xml,
    read_bogazici,
    read_evtrack,
    read_inkml,
    read_jspsych,
    read_mousetrap,
    read_pcibex,
    read_rrweb,
    read_sapimouse,
    read_svc,
    split_movements,
)
from sklearn_ffrnn.datasets._readers._protocol import COLUMNS


def xyt(log):
    return log[["x", "y", "t"]].to_numpy().tolist()


def moves(timestamp, positions, source=1):
    positions = [{"x": x, "y": y, "id": 7, "timeOffset": dt} for x, y, dt in positions]
    return {"type": 3, "timestamp": timestamp, "data": {"source": source, "positions": positions}}


def click(timestamp, kind, x=5, y=6, **more):
    data = {"source": 2, "type": kind, "id": 9, "x": x, "y": y, **more}
    return {"type": 3, "timestamp": timestamp, "data": data}


RRWEB = [
    {"type": 4, "data": {"href": "https://a.b", "width": 800, "height": 600}, "timestamp": 900},
    {"type": 2, "data": {"node": {"id": 1}, "initialOffset": {}}, "timestamp": 905},
    {"type": 3, "data": {"source": 3, "id": 1, "x": 0, "y": 70}, "timestamp": 1000},
    click(1390, 1),  # written at once
    click(1395, 5, x=None, y=None),  # focus
    moves(1500, [(1, 2, -200), (3, 4.5, -150), (5, 6, -100)]),  # written afterwards
    moves(1700, [(7, 8, -20)], source=12),
    click(1710, 0),
    click(1710, 2),
    moves(2000, [(9, 9, -50)], source=6),
    click(2001, 9, x=9, y=9),
]
DRAWN = [[1, 2, 0], [3, 4.5, 50], [5, 6, 90], [5, 6, 100], [7, 8, 380], [5, 6, 410], [5, 6, 410]]

JSPSYCH = [
    {"trial_type": "instructions", "trial_index": 0, "subject": "ann", "note": 'a,"b"\nc'},
    {
        "trial_type": "html-button-response",
        "trial_index": 1,
        "subject": "ann",
        "mouse_tracking_data": [
            {"x": 300, "y": 200, "t": 12, "event": "mousemove"},
            {"x": 306.5, "y": 199, "t": 29, "event": "mousemove"},
            {"x": 306.5, "y": 199, "t": 61, "event": "mousedown"},
        ],
        "mouse_tracking_targets": {"#a": {"x": 1}},
    },
    {"trial_index": 2, "subject": "ann", "mouse_tracking_data": [{"x": 1, "y": 2, "t": 5}]},
]

EVTRACK = """\
cursor timestamp xpos ypos event xpath attrs extras
0 1405503114382 0 0 load / {} {}
0 1405503114532 220 31 mousemove //*[@id='a b'] {"class": "x y"} {}
0 1405503114540 220 31 mouseover / {} {}
0 1405503114548 223.5 30 mousedown / {} {}
1 1405503114600 10 11 touchstart / {} {}
2 1405503114601 90 91 touchstart / {} {}
1 1405503114616 12 11 touchmove / {} {}
2 1405503114617 92 91 touchmove / {} {}
0 1405503114700 0 0 keydown / {} {}
"""

INK = """<?xml version="1.0" encoding="UTF-8"?>
<inkml:ink xmlns:inkml="http://www.w3.org/2003/InkML">
 <inkml:annotation type="writer"> w7 </inkml:annotation>
 <inkml:traceFormat>
  <inkml:channel name="X" type="decimal"/><inkml:channel name="Y" type="decimal"/>
  <inkml:channel name="T" type="integer" units="{unit}"/>
  <inkml:intermittentChannels><inkml:channel name="F"/></inkml:intermittentChannels>
 </inkml:traceFormat>
 <inkml:trace id="0">100 50 0 7, '3'-2'10, "1"1"0, 1-1 5, !200!60!90, *62 95</inkml:trace>
 <inkml:trace id="1">120 60 400</inkml:trace>
</inkml:ink>"""

SVC = "4\n2933 5678 100 1 1550 710 439\n2935 5670 110 1 1480 770 420\n2936 5671 120 0\n9 8 150 1\n"

READERS = {
    read_rrweb: json.dumps(RRWEB),
    read_jspsych: json.dumps(JSPSYCH),
    read_mousetrap: 'timestamps_a,xpos_a,ypos_a\n"[1, 2]","[3, 4]","[5, 6]"\n',
    read_pcibex: "1,a,P,0,0,t,N,MouseTracker,m,Move,x1y2w3h4t5+6-7,99,NULL\n",
    read_evtrack: EVTRACK,
    read_sapimouse: "client timestamp,button,state,x,y\n10,NoButton,Move,1,2\n",
    read_bogazici: "client_timestamp,x,y,button,state,window\n1.5,1,2,,Move,w\n",
    load_balabit_session: (
        "record timestamp,client timestamp,button,state,x,y\n0,1.5,NoButton,Move,1,2\n"
    ),
    read_inkml: INK.format(unit="ms"),
    read_svc: SVC,
}


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
class TestEveryReader:
    def test_reads_paths_and_streams_alike(self, reader, tmp_path):
        text = READERS[reader]
        path = tmp_path / "recording"
        for content in (text, "\ufeff" + text.replace("\n", "\r\n")):
            path.write_bytes(content.encode())
            logs = [reader(path), reader(str(path)), reader(io.BytesIO(content.encode()))]
            logs.append(reader(io.StringIO(content)))
            for log in logs:
                assert xyt(log) == xyt(logs[0])
                assert log.attrs["n_malformed"] == 0
                assert set(log.columns) <= set(COLUMNS)
                assert log.columns.tolist() == [c for c in COLUMNS if c in log.columns]
                assert log["x"].dtype == log["t"].dtype == np.float64

    def test_follows_the_protocol(self, reader):
        parameters = inspect.signature(reader).parameters
        for name, default in {"on_error": "raise", "sort_time": False}.items():
            assert parameters[name].default == default
            assert parameters[name].kind is inspect.Parameter.KEYWORD_ONLY
        with pytest.raises(ValueError, match="'on_error' parameter"):
            reader(io.StringIO(""), on_error="ignore")

    def test_says_where_its_format_and_units_are_described(self, reader):
        text = inspect.getdoc(reader)
        assert "https://" in text
        assert "milliseconds" in text
        assert any(unit in text for unit in ("pixels", "unit of the file", "units of the tablet"))

    @pytest.mark.parametrize("content", ["", "\n", "nonsense\n", "{}", "[]", "<a/>", "\0\1\2"])
    def test_what_it_cannot_read(self, reader, content):
        with pytest.raises(ValueError):
            reader(io.StringIO(content))

    @pytest.mark.parametrize("on_error", ["raise", "skip"])
    def test_damaged_files_raise_value_errors_alone(self, reader, on_error):
        rng = np.random.default_rng(0)
        text = READERS[reader]
        pieces = ["", '"', "-", ",", "\n", "[", "}", "1e999", "9" * 400, "null", "\0", "é", " "]
        for _ in range(150):
            damaged = text
            for _ in range(rng.integers(1, 4)):
                a = rng.integers(len(damaged))
                b = a + rng.integers(4)
                damaged = damaged[:a] + pieces[rng.integers(len(pieces))] + damaged[b:]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    log = reader(io.StringIO(damaged), on_error=on_error)
                except ValueError:
                    continue
            assert np.isfinite(log["t"]).all()
            assert not np.isinf(log[["x", "y"]]).any(axis=None)

    def test_missing_file(self, reader, tmp_path):
        with pytest.raises(FileNotFoundError):
            reader(tmp_path / "nowhere")


def test_all_public_readers_are_tested():
    public = {getattr(datasets, name) for name in datasets.__all__ if name.startswith("read_")}
    # These have tests of their own.
    assert public - set(READERS) == {datasets.read_log, datasets.read_json_movements}


class TestRrweb:
    @pytest.mark.parametrize(
        "text",
        [
            json.dumps(RRWEB),
            json.dumps({"events": RRWEB}),
            "\n".join(map(json.dumps, RRWEB)),
            json.dumps(RRWEB[:4]) + "\n\n" + json.dumps(RRWEB[4:]),
        ],
    )
    def test_forms(self, text):
        log = read_rrweb(io.StringIO(text))
        mouse = log[log["movement"] == "mouse"]
        assert xyt(mouse) == DRAWN
        assert mouse["state"].tolist() == (
            ["Move", "Move", "Pressed", "Move", "Drag", "Released", "Click"]
        )
        touch = log[log["device"] == "touch"]
        assert xyt(touch) == [[9, 9, 650], [9, 9, 701]]
        assert touch["state"].tolist() == ["Move", "Released"]

    def test_pointer_type_tells_pen_and_finger(self):
        events = [click(10, 1, pointerType=1), click(20, 0, pointerType=2), click(30, 0)]
        assert read_rrweb(io.StringIO(json.dumps(events)))["device"].tolist() == (
            ["pen", "touch", "mouse"]
        )

    def test_malformed_events(self):
        bad = ["packed", {"type": 3}, moves("soon", [(1, 2, 0)]), moves(5, [(1, None, 0)])]
        text = json.dumps([*RRWEB, *bad])
        with pytest.raises(ValueError, match=r"4 malformed: event 12 \(TypeError: a str, not an"):
            read_rrweb(io.StringIO(text))
        with pytest.warns(UserWarning, match="4 malformed: event 12"):
            assert len(read_rrweb(io.StringIO(text), on_error="skip")) == 9
        text = json.dumps(RRWEB[5]) + '\n{"type": 3\n' + json.dumps(RRWEB[6])
        with pytest.warns(UserWarning, match=r"1 malformed: line 2 \(not JSON"):
            assert len(read_rrweb(io.StringIO(text), on_error="skip")) == 4

    def test_a_clock_set_back_is_reported_and_cut_at(self):
        events = [moves(10_000 + 100 * i, [(i, i, -5)]) for i in range(6)]
        events += [moves(5000 + 100 * i, [(i, i, -5)]) for i in range(6)]
        with pytest.warns(UserWarning, match="time steps back 1 time"):
            log = read_rrweb(io.StringIO(json.dumps(events)))
        assert [len(m) for m in split_movements(log)] == [6, 6]
        ordered = read_rrweb(io.StringIO(json.dumps(events)), sort_time=True)
        assert ordered["t"].is_monotonic_increasing

    def test_nested_too_deep(self):
        with pytest.raises(ValueError, match=r"nested too deep|neither JSON"):
            read_rrweb(io.StringIO("[" * 200_000))

    def test_to_movements(self):
        events = [moves(100 * i, [(i, 2 * i, -50), (i, 2 * i, -1)]) for i in range(1, 10)]
        events.insert(5, click(510, 1))
        events.insert(6, click(511, 0))
        movements, origin = split_movements(
            read_rrweb(io.StringIO(json.dumps(events))), return_origin=True
        )
        assert [len(m) for m in movements] == [11, 8]
        assert origin["begins"].tolist() == ["start", "click"]


class TestJsPsych:
    expected = [[300, 200, 12], [306.5, 199, 29], [306.5, 199, 61], [1, 2, 5]]

    @pytest.mark.parametrize("form", ["json", "trials", "csv"])
    def test_forms(self, form):
        text = json.dumps({"trials": JSPSYCH} if form == "trials" else JSPSYCH)
        if form == "csv":
            cells = [
                {k: json.dumps(v) if isinstance(v, (list, dict)) else v for k, v in t.items()}
                for t in JSPSYCH
            ]
            text = pd.DataFrame(cells).to_csv(index=False, lineterminator="\r\n")
        log = read_jspsych(io.StringIO(text))
        assert xyt(log) == self.expected
        assert log["movement"].tolist() == [1, 1, 1, 2]
        assert log["state"].tolist() == ["Move", "Move", "Pressed", "Move"]
        assert set(log["person"]) == {"ann"}

    def test_cells_of_any_length(self):
        samples = [{"x": i, "y": 1, "t": 8 * i, "event": "mousemove"} for i in range(20_000)]
        table = pd.DataFrame({"rt": [3], "mouse_tracking_data": [json.dumps(samples)]})
        limit = csv.field_size_limit()
        assert len(read_jspsych(io.StringIO(table.to_csv(index=False)))) == 20_000
        assert csv.field_size_limit() == limit

    def test_malformed_trials(self):
        bad = [{"mouse_tracking_data": [{"x": 1, "y": 2}]}, {"mouse_tracking_data": "[1, 2"}]
        text = json.dumps([*JSPSYCH, *bad])
        with pytest.raises(ValueError, match=r"2 malformed: trial 4 \(KeyError: 't'\), trial 5"):
            read_jspsych(io.StringIO(text))
        with pytest.warns(UserWarning, match="2 malformed"):
            assert xyt(read_jspsych(io.StringIO(text), on_error="skip")) == self.expected

    def test_malformed_lines_of_csv(self):
        cell = '"[{""x"": 1, ""y"": 2, ""t"": 5}]"'
        text = f'rt,mouse_tracking_data\n1,{cell}\n"two\nlines",{cell}\n3\n4,{cell},5\n6,oops\n'
        with pytest.raises(ValueError, match=r"line 5 \(1 cell.*line 6 \(3 cell.*line 7 \(JSON"):
            read_jspsych(io.StringIO(text))
        with pytest.warns(UserWarning, match="3 malformed"):
            log = read_jspsych(io.StringIO(text), on_error="skip")
        assert log["movement"].tolist() == [0, 1]

    def test_columns(self):
        with pytest.raises(ValueError, match="no trial has 'mouse_tracking_data'"):
            read_jspsych(io.StringIO('[{"rt": 5}]'))
        with pytest.raises(ValueError, match="no column 'who'"):
            read_jspsych(io.StringIO(json.dumps(JSPSYCH)), person="who")


class TestMousetrap:
    @pytest.mark.parametrize("brackets", ["[{}]", "{}"])
    def test_lists(self, brackets):
        cells = [brackets.format(", ".join(map(str, v))) for v in ([5, 16], [-2, 3.5], [0, 1])]
        table = pd.DataFrame(
            [[4, *cells], [4, "", "", ""], [5, "None", "None", "None"]],
            columns=[
                "subject_nr",
                "timestamps_get_response",
                "xpos_get_response",
                "ypos_get_response",
            ],
        )
        for source in (table, io.StringIO(table.to_csv(index=False, sep=";"))):
            log = read_mousetrap(source)
            assert xyt(log) == [[-2, 0, 5], [3.5, 1, 16]]
            assert log["person"].astype(str).tolist() == ["4", "4"]
            assert log["movement"].tolist() == [0, 0]

    def test_items_of_a_trial_are_movements_of_their_own(self):
        table = pd.DataFrame(
            {
                f"{axis}_{item}": ["1, 2", "3, 4"]
                for item in ("a", "b")
                for axis in ("timestamps", "xpos", "ypos")
            }
        )
        log = read_mousetrap(table)
        assert log["movement"].unique().tolist() == ["0_a", "0_b", "1_a", "1_b"]

    def test_wide(self):
        table = pd.DataFrame(
            {
                "X_1": [0, 1],
                "X_2": [2, 3],
                "X_10": [4, np.nan],
                "Y_1": 5,
                "Y_2": 6,
                "Y_10": [7, np.nan],
                "T_1": 0,
                "T_2": 10,
                "T_10": [20, np.nan],
            }
        )
        expected = [[0, 5, 0], [2, 6, 10], [4, 7, 20], [1, 5, 0], [3, 6, 10]]
        for source in (table, io.StringIO(table.to_csv(index=False))):
            assert xyt(read_mousetrap(source)) == expected
        german = (table / 10).to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
        np.testing.assert_allclose(
            xyt(read_mousetrap(io.StringIO(german))), np.divide(expected, 10)
        )
        without = table.drop(columns=["T_1", "T_2", "T_10"])
        assert xyt(read_mousetrap(without, interval=10)) == expected
        with pytest.raises(ValueError, match=r"0 columns T_1.* for 3 points; .* interval="):
            read_mousetrap(without)
        with pytest.raises(ValueError, match=r"trial 2 \(a missing value between others\)"):
            read_mousetrap(table.assign(X_1=[0, np.nan]))

    def test_malformed_lines(self):
        text = "timestamps,xpos,ypos\n1,2,3\n1,2\n[1],[2],[a]\n"
        with pytest.raises(ValueError, match=r"line 3 \(2 cell.*line 4 \(could not convert"):
            read_mousetrap(io.StringIO(text))

    def test_malformed_lists(self):
        table = pd.DataFrame({"timestamps": ["1,2", "1,2"], "xpos": ["1,2", "1"], "ypos": "3,4"})
        with pytest.raises(ValueError, match=r"trial 2 \(lists of 1, 2, 2 numbers in xpos, ypos"):
            read_mousetrap(table)
        with pytest.raises(ValueError, match=r"trial 1 \(could not convert string to float: 'a'"):
            read_mousetrap(table.assign(ypos="a,b"))
        with pytest.raises(ValueError, match="neither columns timestamps"):
            read_mousetrap(table[["xpos"]])


class TestPcibex:
    header = (
        "# Results on Friday\n# 1. Results reception time.\n"
        "# 2. MD5 hash of participant's IP address.\n# 3. Controller name.\n"
    )
    stream = "x962y192w1920h737t694+0+0t15+0-1t18-1.5+10"

    def line(self, stream):
        return f"15,d41d,PennController,3,0,t,NULL,MouseTracker,mouse,Move,{stream},156840,NULL\n"

    def test_stream(self):
        other = "15,d41d,PennController,3,0,t,NULL,Key,k,PressedKey,x,15,NULL\n"
        log = read_pcibex(io.StringIO(self.header + other + self.line(self.stream)))
        assert xyt(log) == [[962, 192, 0], [962, 192, 694], [962, 191, 709], [960.5, 201, 727]]
        assert log["movement"].unique().tolist() == [6]
        assert log["person"].unique().tolist() == ["d41d"]

    @pytest.mark.parametrize("bad", ["x1y2w3h4t5+6", "xundefinedy2w3h4t1+0+0", "x1y2w3h4t1+0+0!"])
    def test_malformed(self, bad):
        text = self.line(self.stream) + self.line(bad)
        with pytest.raises(ValueError, match="1 malformed: line 2"):
            read_pcibex(io.StringIO(text))
        with pytest.warns(UserWarning, match="1 malformed: line 2"):
            assert len(read_pcibex(io.StringIO(text), on_error="skip")) == 4


class TestEvtrack:
    def test_cursors_are_told_apart(self):
        log = read_evtrack(io.StringIO(EVTRACK))
        of = {name: xyt(rows) for name, rows in log.groupby("movement", observed=True)}
        assert of == {
            "mouse 0": [[220, 31, 0], [223.5, 30, 16]],
            "touch 1": [[10, 11, 68], [12, 11, 84]],
            "touch 2": [[90, 91, 69], [92, 91, 85]],
        }
        assert log["state"].tolist() == ["Move", "Pressed", "Pressed", "Pressed", "Move", "Move"]
        assert [len(m) for m in split_movements(log, min_points=2, at_clicks=False)] == [2, 2, 2]

    def test_malformed_lines(self):
        text = EVTRACK + "0 14055 x 0 mousemove / {} {}\n0 14\n"
        with pytest.raises(ValueError, match=r"2 malformed: line 11 .*'x'.*line 12 \(2 cell"):
            read_evtrack(io.StringIO(text))


class TestMouseSessions:
    def test_sapimouse(self, tmp_path):
        path = tmp_path / "user12" / "session_2020_05_14_1min.csv"
        path.parent.mkdir()
        path.write_text(
            "client timestamp,button,state,x,y\n1000,NoButton,Move,640,401\n"
            "1008,Left,Drag,641,402\n1010,Scroll,Down,0,0\n1016,Left,Released,65535,65535\n"
        )
        log = read_sapimouse(path)
        np.testing.assert_array_equal(
            log[["x", "y", "t"]],
            [[640, 401, 0], [641, 402, 8], [np.nan, np.nan, 10], [np.nan, np.nan, 16]],
        )
        assert set(log["person"]) == {"user12"}
        assert set(log["device"]) == {"mouse"}

    def test_bogazici(self):
        text = "client_timestamp,x,y,button,state,window\n1619.25,1,2,,Move,b\n"
        text += "1619.5,3,4,Left,Drag,b\n"
        assert xyt(read_bogazici(io.StringIO(text))) == [[1, 2, 0], [3, 4, 250]]

    def test_saved_again_by_a_spreadsheet(self):
        text = "client_timestamp,x,y,button,state,window\n1619.25,1,2,,Move,b\n1619.5,3,4,,Move,b\n"
        german = text.replace(",", ";").replace(".", ",").replace("\n", "\r\n")
        stream = io.BytesIO(german.encode("utf-8-sig"))
        pd.testing.assert_frame_equal(read_bogazici(stream), read_bogazici(io.StringIO(text)))

    def test_balabit_has_two_clocks(self):
        text = "record timestamp,client timestamp,button,state,x,y\n" + "".join(
            f"{0.5 * (i // 4)},{i / 64},NoButton,Move,{i},5\n" for i in range(8)
        )
        client = load_balabit_session(io.StringIO(text))
        assert client["t"].tolist() == [15.625 * i for i in range(8)]
        record = load_balabit_session(io.StringIO(text), clock="record")
        assert record["t"].tolist() == [0] * 4 + [500] * 4


class TestInkml:
    expected = [
        [100, 50, 0], [103, 48, 10], [107, 47, 20], [112, 45, 35], [200, 60, 90], [200, 62, 95],
        [120, 60, 400],
    ]  # fmt: skip

    @pytest.mark.parametrize("unit", ["ms", "s", ""])
    def test_differences_and_units(self, unit):
        text = INK.format(unit=unit).encode()
        log = read_inkml(io.BytesIO(text), time_unit="s" if unit == "" else "infer")
        factor = 1 if unit == "ms" else 1000
        np.testing.assert_allclose(log[["x", "y", "t"]], np.multiply(self.expected, [1, 1, factor]))
        assert log["stroke_id"].tolist() == [0] * 6 + [1]
        assert set(log["person"]) == {"w7"}
        assert set(log["device"]) == {"pen"}

    def test_sample_rate(self):
        text = (
            '<ink><inkSource><sampleRate value="100"/></inkSource>'
            '<trace>1 2,3 4</trace><trace timeOffset="50">5 6,7 8</trace></ink>'
        )
        assert xyt(read_inkml(io.StringIO(text))) == [[1, 2, 0], [3, 4, 10], [5, 6, 50], [7, 8, 60]]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("<ink><trace>1 2</trace></ink>", "has no times"),
            ("<a/>", "not InkML"),
            ("<ink>", "is not XML"),
            (
                INK.format(unit="ms").replace("100 50 0 7", "100 fifty 0"),
                r"trace 1 \('100 fifty 0' is not a point",
            ),
            (
                INK.format(unit="ms").replace("100 50 0 7", "100"),
                r"trace 1 \('100' is not a point of 3 channels",
            ),
            ('<ink><sampleRate value="0"/></ink>', "sampleRate is '0'"),
            (INK.replace("</inkml:ink>", "<traceFormat/></inkml:ink>"), "2 formats"),
            (INK.replace('units="{unit}"', ""), "unit of time is in doubt"),
        ],
    )
    def test_malformed(self, text, message):
        with pytest.raises(ValueError, match=message):
            read_inkml(io.StringIO(text))

    @pytest.mark.parametrize(
        "doctype",
        [
            '<!DOCTYPE ink [<!ENTITY a "1 2"><!ENTITY b "&a;&a;&a;&a;&a;">]>',
            '<!DOCTYPE ink [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
            '<!DOCTYPE ink SYSTEM "http://127.0.0.1/ink.dtd">',
        ],
    )
    def test_entities_are_refused(self, doctype, tmp_path):
        content = f"{doctype}<ink><trace>&a;</trace></ink>"
        with pytest.raises(ValueError, match="declares a document type"):
            read_inkml(io.StringIO(content))
        (tmp_path / "arrow01.xml").write_text(content)
        with pytest.raises(ValueError, match="declares a document type"):
            load_dollar_xml(tmp_path)

    def test_to_a_movement_with_strokes(self):
        log = read_inkml(io.StringIO(INK.format(unit="ms")))
        (signature,) = sequences_from_frame(
            log, id="movement", columns=["x", "y", "t", "stroke_id"]
        )
        assert signature.shape == (7, 4)


class TestSvc:
    def test_columns(self, tmp_path):
        path = tmp_path / "U12S3.TXT"
        path.write_text(SVC)
        log = read_svc(path)
        assert xyt(log) == [[2933, 5678, 0], [2935, 5670, 10], [2936, 5671, 20], [9, 8, 50]]
        assert log["pen_down"].tolist() == [True, True, False, True]
        assert log["stroke_id"].tolist() == [1, 1, 1, 2]
        assert set(log["movement"]) == {"U12S3"}
        assert set(log["person"]) == {"12"}

    def test_order_and_unit(self):
        log = read_svc(io.StringIO(SVC), order="yx", time_unit="us")
        assert xyt(log)[1] == [5670, 2935, 0.01]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("x y t\n1 2 3 1\n", "first line is 'x y t'"),
            ("2\n1 2 3\n1 2 3 1\n", r"line 2 \(3 number"),
            ("2\n1 2 3 4\n1 2 3 1\n", "are not x, y, time and 0 or 1"),
            ("5\n1 2 3 1\n1 2 13 1\n", r"line 3 \(2 points end here; line 1 says 5"),
        ],
    )
    def test_malformed(self, text, message):
        with pytest.raises(ValueError, match=message):
            read_svc(io.StringIO(text))
        if text[0].isdecimal():
            with pytest.warns(UserWarning, match="malformed"):
                read_svc(io.StringIO(text), on_error="skip")
