"""The live page in a real browser: what it records, how it cuts, what it says, against Python.

Needs Chromium (Debian's, or ``python -m playwright install chromium``) and the page's
``node_modules`` (``npm ci --prefix examples/live_page``).
"""

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sklearn_ffrnn import load
from sklearn_ffrnn.datasets import load_mouse_movements, read_json_movements, split_movements

playwright = pytest.importorskip("playwright.sync_api")
pytest.importorskip("spox")
pytest.importorskip("cursory")

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
PAGE = ROOT / "examples" / "live_page"
SCRIPTS = ["straight", "minimumJerk", "bezier", "replay"]
# All that the pointer does over the field, as a log for split_movements.
LISTEN = """
addEventListener("DOMContentLoaded", () => {
  window.rows = [];
  const row = (e, state) => rows.push({x: e.clientX, y: e.clientY, t: e.timeStamp, state});
  const pad = document.getElementById("pad");
  pad.addEventListener("pointermove", (e) => {
    for (const each of e.getCoalescedEvents()) row(each, "Move");
  }, true);
  pad.addEventListener("pointerdown", (e) => row(e, "Pressed"), true);
  pad.addEventListener("pointerup", (e) => row(e, "Released"), true);
  pad.addEventListener("pointerleave", (e) => {
    rows.push({x: null, y: null, t: e.timeStamp, state: "Move"});
  }, true);
});
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Train a small detector, serve the page on this machine, and return its folder and address."""
    if not (PAGE / "node_modules").exists():
        pytest.skip("the page's node_modules are missing: npm ci --prefix examples/live_page")
    folder = tmp_path_factory.mktemp("site")
    for name in ("index.html", "page.js"):
        shutil.copy(PAGE / name, folder)
    (folder / "node_modules").symlink_to(PAGE / "node_modules", target_is_directory=True)
    settings = ["--people", "200", "--epochs", "4", "--out", str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "examples.live_page.make_live_page", *settings]
    subprocess.run(command, check=True, env=environment)
    handler = partial(SimpleHTTPRequestHandler, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        try:
            chromium = driver.chromium.launch(
                executable_path=shutil.which("chromium"),
                # The sandbox wants what containers forbid; the page is ours.
                args=["--no-sandbox"],
            )
        except playwright.Error as error:
            pytest.skip(f"no browser here: {str(error).splitlines()[0]}")
        yield chromium
        chromium.close()


class LivePage:
    """The page in a tab, with a hand on the mouse."""

    def __init__(self, tab, folder, address):
        self.tab = tab
        self.folder = folder
        self.errors, self.requests = [], []
        self.session = tab.context.new_cdp_session(tab)
        self.clock = 0.0  # s since 1970, of the last event
        tab.on("pageerror", lambda error: self.errors.append(str(error)))
        tab.on("console", lambda line: line.type == "error" and self.errors.append(line.text))
        tab.on("request", lambda request: self.requests.append(request.url))
        tab.add_init_script(LISTEN)
        tab.goto(address)
        self.wait_for_status("Ready.")
        box = tab.locator("#pad").bounding_box()
        self.corner = np.array([box["x"], box["y"]])
        self.size = np.array([box["width"], box["height"]])

    def wait_for_status(self, start):
        pattern = re.compile(f"^{re.escape(start)}")
        playwright.expect(self.tab.locator("#status")).to_have_text(pattern, timeout=60_000)

    def move(self, movement, kind="mouseMoved", after=0.0):
        """Move the pointer along a movement, `after` ms from the last, in the field's corner.

        Events carry the movement's own times, whatever the time that this machine takes.
        """
        xy = movement[:, :2] - movement[:, :2].min(axis=0) + self.corner + 20
        start = max(time.time(), self.clock + after / 1000)
        for (x, y), t in zip(xy.tolist(), movement[:, 2] / 1000, strict=True):
            time.sleep(max(0.0, start + t - time.time()))
            self.send(kind, x, y, start + t)

    def click(self, x, y):
        for kind in ("mousePressed", "mouseReleased"):
            self.send(kind, x, y, time.time(), button="left", clickCount=1)

    def send(self, kind, x, y, at, **more):
        self.clock = at
        touch = kind.startswith("touch")
        place = {"x": x, "y": y}
        if touch:
            place = {"touchPoints": [] if kind == "touchEnd" else [place]}
        event = {"type": kind, "timestamp": at, **place, **more}
        self.session.send(f"Input.dispatch{'Touch' if touch else 'Mouse'}Event", event)

    def rest(self, n_movements):
        """Wait until so many movements have been judged."""
        cards = self.tab.locator("#movements li")
        playwright.expect(cards).to_have_count(n_movements, timeout=30_000)

    def log(self, folder):
        with self.tab.expect_download() as download:
            self.tab.get_by_role("button", name="Save the log").click()
        download.value.save_as(folder / "log.jsonl")
        return read_json_movements(folder / "log.jsonl")


@pytest.fixture
def page(browser, site):
    tab = browser.new_page(viewport={"width": 1100, "height": 900}, has_touch=True)
    live = LivePage(tab, *site)
    yield live
    tab.close()
    assert not live.errors


@pytest.fixture(scope="module")
def recorded():
    """Movements of people that fit into the field, of half a second or more."""
    fits = [
        x
        for x in load_mouse_movements().data
        if (np.ptp(x[:, :2], axis=0) < (900, 300)).all() and 500 < x[-1, 2] < 1200 and len(x) > 30
    ]
    return fits[:4]


def test_people_and_scripts_are_judged_as_in_python(page, recorded, tmp_path):
    for n, movement in enumerate(recorded, start=1):
        page.move(movement)
        page.rest(n)
    for n, script in enumerate(SCRIPTS, start=len(recorded) + 1):
        page.tab.get_by_label("Let a script move").select_option(script)
        page.tab.get_by_role("button", name="Move").click()
        page.rest(n)
    log = page.log(tmp_path)
    assert log.frame["by"].tolist() == ["mouse"] * len(recorded) + SCRIPTS
    model = load(page.folder / "model.skops")
    expected = model.predict_proba(log.data)[:, 1]
    np.testing.assert_allclose(log.frame["probability"], expected, rtol=0, atol=1e-4)
    assert expected[: len(recorded)].mean() > expected[len(recorded) :].max()
    origin = page.tab.url
    assert all(url.startswith((origin, "data:", "blob:")) for url in page.requests)
    page.tab.screenshot(
        path=os.environ.get("LIVE_PAGE_SCREENSHOT", tmp_path / "page.png"), full_page=True
    )


def test_cuts_as_split_movements_does(page, recorded, tmp_path):
    page.move(recorded[0])
    page.click(*(page.corner + 50).tolist())
    page.move(recorded[1])
    page.move(recorded[2][:30], after=300.0)  # not long enough for a rest
    page.rest(2)
    page.move(recorded[3])
    page.send("mouseMoved", 5, 5, time.time())  # leaves the field
    page.rest(3)
    log = page.log(tmp_path)
    events = pd.DataFrame(page.tab.evaluate("rows")).astype({"x": float, "y": float})
    expected = split_movements(events, max_gap=500.0, min_points=5)
    assert len(log.data) == len(expected)
    for got, wanted in zip(log.data, expected, strict=True):
        np.testing.assert_allclose(got, wanted, atol=1e-6)


def test_records_what_the_hand_does(page, recorded, tmp_path):
    hand = recorded[0]
    page.move(hand)
    page.rest(1)
    (movement,) = page.log(tmp_path).data
    # But for where it began; a browser counts time in tenths of a millisecond.
    np.testing.assert_allclose(movement[:, :2] - movement[0, :2], hand[:, :2] - hand[0, :2])
    np.testing.assert_allclose(movement[:, 2], hand[:, 2], atol=0.3)


def test_records_what_the_browser_coalesced(page, tmp_path):
    """By events of a script: the driver waits after each of its own, so that none is coalesced."""
    page.tab.evaluate(
        """() => {
          const event = (i, coalescedEvents) => new PointerEvent("pointermove", {
            clientX: 300 + i, clientY: 300, isPrimary: true, pointerType: "pen", coalescedEvents,
          });
          for (const i of [2, 5, 8]) {
            const parts = [i - 2, i - 1, i].map((j) => event(j));
            document.getElementById("pad").dispatchEvent(event(i, parts));
          }
        }"""
    )
    page.rest(1)
    (movement,) = page.log(tmp_path).data
    np.testing.assert_array_equal(movement[:, 0], 300 + np.arange(9))


def test_finger(page, recorded, tmp_path):
    page.move(recorded[0][:1], "touchStart")
    page.move(recorded[0], "touchMove")
    page.move(recorded[0][-1:] * [1, 1, 0], "touchEnd")
    page.rest(1)
    log = page.log(tmp_path)
    assert log.frame["by"].tolist() == ["touch"]
    expected = load(page.folder / "model.skops").predict_proba(log.data)[:, 1]
    np.testing.assert_allclose(log.frame["probability"].astype(float), expected, atol=1e-4)


def test_keyboard(page):
    page.tab.keyboard.press("Tab")
    assert page.tab.evaluate("document.activeElement.id") == "mover"
    page.tab.keyboard.press("ArrowDown")
    page.tab.keyboard.press("Tab")
    page.tab.keyboard.press("Enter")
    page.rest(1)
    assert "minimumJerk" in page.tab.locator("#movements li").inner_text()


def test_says_when_there_is_too_little_to_judge(page, tmp_path):
    def even(n, period):
        return np.column_stack([np.arange(n) * 9.0, np.arange(n) * 5.0, np.arange(n) * period])

    page.move(even(3, 10.0))
    page.wait_for_status("too short to judge: ")
    page.move(even(12, 10.0))
    page.rest(1)
    page.wait_for_status("too short to judge: ")
    page.move(even(12, 90.0))
    page.rest(2)
    page.wait_for_status("too coarse to judge: a point every ")
    assert page.log(tmp_path).frame["probability"].isna().all()
    for text in page.tab.locator("#movements strong").all_inner_texts():
        assert "looks" not in text


def test_the_verdict_unfolds(page, recorded):
    texts = []
    page.tab.expose_function("note", lambda text: texts.append(text))
    page.tab.evaluate(
        """() => new MutationObserver(() => note(document.getElementById("status").textContent))
                 .observe(document.getElementById("status"), {childList: true})"""
    )
    page.move(recorded[0])
    page.rest(1)
    assert len([text for text in texts if text.startswith("so far: looks ")]) >= 3
    assert texts[-1].startswith("looks ")
