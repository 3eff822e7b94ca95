// Records the pointer, cuts movements, lets the exported pipeline judge them, and shows what it says.
import * as ort from "onnxruntime-web";

const MAX_GAP = 500; // ms; this and the next as in sklearn_ffrnn.datasets.split_movements
const MIN_POINTS = 5;
const TICK = 8; // ms between the points of a script
const SHOWN = 12; // movements at most
const KINDS = ["machine", "human"]; // classes 0 and 1
const LATE = 100; // ms that events may be late

const byId = (id) => document.getElementById(id);
const pad = byId("pad");

ort.env.wasm.numThreads = 1; // more need headers that a plain file server does not send
const answer = await fetch("model.json");
if (!answer.ok) {
  say("There is no detector here yet: run make page.", "undecided");
  throw new Error("model.json is missing");
}
const settings = await answer.json();
const session = await ort.InferenceSession.create("model.onnx");

// Judging ---------------------------------------------------------------------------------------

let judging = Promise.resolve(); // a session runs once at a time

/** Return the probability of a human, NaN where there is none, and the milliseconds it took. */
function judge(points) {
  const inputs = {
    points: new ort.Tensor("float64", Float64Array.from(points.flat()), [points.length, 3]),
    lengths: new ort.Tensor("int64", BigInt64Array.of(BigInt(points.length)), [1]),
  };
  const run = judging.then(async () => {
    const start = performance.now();
    const { probabilities } = await session.run(inputs);
    return [probabilities.data[1], performance.now() - start];
  });
  judging = run.catch(() => {});
  return run;
}

/** Say why points are not judged, if so. */
function whyNot(points) {
  if (points.length < MIN_POINTS) return `too short to judge: ${points.length} points`;
  const times = points.map(([, , t]) => t);
  const duration = times.at(-1) - times[0];
  const steps = times.slice(1).map((t, i) => t - times[i]).filter((step) => step > 0);
  const usual = steps.sort((a, b) => a - b)[steps.length >> 1];
  if (duration < settings.shortest) return `too short to judge: ${duration.toFixed(0)} ms`;
  if (usual > settings.coarsest) return `too coarse to judge: a point every ${usual.toFixed(0)} ms`;
  return "";
}

const verdict = (p) => KINDS[Number(p >= settings.threshold)];
const LOOKS = { human: "looks human", machine: "looks machine-made" };
const asText = (p) => `${LOOKS[verdict(p)]} (${p.toFixed(2)})`;

// Recording -------------------------------------------------------------------------------------

const movements = []; // of this visit, as they go into the log
let current = null; // the movement that unfolds
let resting; // timer that ends it

function add(x, y, t, by) {
  const last = current?.points.at(-1);
  if (last && (t - last[2] > MAX_GAP || t < last[2])) finish();
  current ??= { by, points: [], unfolding: [], judged: 0 };
  current.points.push([x, y, t]);
  clearTimeout(resting);
  resting = setTimeout(finish, MAX_GAP + LATE);
}

/** End the movement: a rest, a click, or the pointer has left. */
async function finish() {
  clearTimeout(resting);
  const movement = current;
  current = null;
  if (!movement) return;
  const { points } = movement;
  const reason = whyNot(points);
  if (points.length < MIN_POINTS) {
    if (points.length > 1) say(reason, "undecided");
    return;
  }
  const [p, milliseconds] = reason ? [NaN, null] : await judge(points);
  movement.milliseconds = milliseconds;
  movement.probability = Number.isNaN(p) ? null : p;
  movement.reason = reason || (Number.isNaN(p) ? "cannot be judged" : "");
  movements.push(movement);
  show(movement);
}

/** Judge what there is so far, and draw it, at most once a frame. */
async function unfold() {
  const movement = current;
  if (movement && movement.points.length > movement.judged) {
    const points = movement.points.slice();
    movement.judged = points.length;
    const { left, top } = pad.getBoundingClientRect();
    drawPath(cleared(pad), points, (x, y) => [x - left, y - top]);
    if (!whyNot(points)) {
      const [p] = await judge(points);
      const judged = !Number.isNaN(p);
      if (judged) movement.unfolding.push([points.at(-1)[2] - points[0][2], p]);
      if (judged && movement === current) say(`so far: ${asText(p)}`, verdict(p), true);
    }
  }
  requestAnimationFrame(unfold);
}

function listen() {
  const addAll = (event) => {
    if (!event.isPrimary || playing) return;
    const all = event.getCoalescedEvents?.() ?? [];
    for (const e of all.length ? all : [event]) add(e.clientX, e.clientY, e.timeStamp, event.pointerType);
  };
  const addAndFinish = (event) => {
    addAll(event);
    if (!playing) finish();
  };
  pad.addEventListener("pointermove", addAll);
  pad.addEventListener("pointerdown", addAndFinish);
  pad.addEventListener("pointerup", addAndFinish);
  for (const name of ["pointerleave", "pointercancel"]) {
    pad.addEventListener(name, () => playing || finish());
  }
}

// Scripts that move -----------------------------------------------------------------------------

let playing = false;

const along = (a, b, u) => a.map((value, i) => value + (b[i] - value) * u);

const MOVERS = {
  straight: (a, b) => (u) => along(a, b, u),
  minimumJerk: (a, b) => (u) => along(a, b, 10 * u ** 3 - 15 * u ** 4 + 6 * u ** 5),
  bezier: (a, b) => {
    const bend = [b[1] - a[1], a[0] - b[0]].map((v) => v * (Math.random() - 0.5));
    const [c, d] = [1 / 3, 2 / 3].map((u) => along(a, b, u).map((v, i) => v + bend[i]));
    return (time) => {
      const u = time < 0.5 ? 4 * time ** 3 : 1 - (2 - 2 * time) ** 3 / 2;
      const [ac, cd, db] = [along(a, c, u), along(c, d, u), along(d, b, u)];
      return along(along(ac, cd, u), along(cd, db, u), u);
    };
  },
  /** The path of the visitor's own last movement, at one speed. */
  replay: () => {
    const { points } = movements.findLast(({ by }) => !(by in MOVERS));
    const passed = [0];
    for (let i = 1; i < points.length; i++) {
      const [x, y] = points[i];
      passed.push(passed.at(-1) + Math.hypot(x - points[i - 1][0], y - points[i - 1][1]));
    }
    return (u) => {
      const length = u * passed.at(-1);
      const i = Math.max(1, passed.findIndex((value) => value >= length));
      const share = (length - passed[i - 1]) / (passed[i] - passed[i - 1] || 1);
      return along(points[i - 1].slice(0, 2), points[i].slice(0, 2), share);
    };
  },
};

function play(name) {
  finish();
  const { left, top, width, height } = pad.getBoundingClientRect();
  const somewhere = (from) => [
    left + width * (from + 0.2 * Math.random()),
    top + height * (0.1 + 0.8 * Math.random()),
  ];
  const path = MOVERS[name](somewhere(0.05), somewhere(0.75));
  const n = Math.round((500 + 600 * Math.random()) / TICK);
  const start = performance.now();
  let done = 0;
  playing = true;
  const frame = (now) => {
    for (; done <= n && done * TICK <= now - start; done++) {
      const [x, y] = path(done / n).map(Math.round);
      add(x, y, start + done * TICK, name);
    }
    if (done <= n) return requestAnimationFrame(frame);
    playing = false;
    finish();
  };
  requestAnimationFrame(frame);
}

// Showing ---------------------------------------------------------------------------------------

/** Show a line of text; what is busy is not read out. */
function say(text, kind, busy = false) {
  byId("status").ariaBusy = String(busy);
  byId("status").textContent = text;
  byId("status").className = kind;
}

/** Return a canvas's context, cleared, in CSS pixels. */
function cleared(canvas) {
  canvas.width = canvas.clientWidth * devicePixelRatio;
  canvas.height = canvas.clientHeight * devicePixelRatio;
  const c = canvas.getContext("2d");
  c.scale(devicePixelRatio, devicePixelRatio);
  return c;
}

function drawPath(c, points, place) {
  const speeds = points.slice(1).map(([x, y, t], i) => {
    const [u, v, s] = points[i];
    return Math.hypot(x - u, y - v) / Math.max(t - s, 1);
  });
  const fastest = Math.max(...speeds, 1e-9);
  c.lineWidth = 3;
  c.lineCap = "round";
  speeds.forEach((speed, i) => {
    c.strokeStyle = `hsl(${240 - (240 * speed) / fastest} 85% 45%)`;
    c.beginPath();
    c.moveTo(...place(...points[i]));
    c.lineTo(...place(...points[i + 1]));
    c.stroke();
  });
}

/** Draw the path in the left half of a card, what was thought of it in the right half. */
function drawCard(canvas, { points, unfolding, probability }) {
  const c = cleared(canvas);
  const height = canvas.clientHeight;
  const half = canvas.clientWidth / 2 - 6;
  const [xs, ys] = [0, 1].map((i) => points.map((point) => point[i]));
  const [left, top, right, bottom] = [Math.min, Math.min, Math.max, Math.max].map((outermost, i) =>
    outermost(...[xs, ys][i % 2]),
  );
  const scale = 0.9 / Math.max((right - left) / half, (bottom - top) / height, 0.01);
  const place = (x, y) => [
    half / 2 + (x - (left + right) / 2) * scale,
    height / 2 + (y - (top + bottom) / 2) * scale,
  ];
  drawPath(c, points, place);
  const duration = points.at(-1)[2] - points[0][2];
  const verdicts = probability === null ? unfolding : [...unfolding, [duration, probability]];
  const at = ([t, p]) => [half + 12 + (t / duration) * (half - 4), 4 + (1 - p) * (height - 8)];
  c.lineWidth = 1;
  c.strokeStyle = "#8c959f";
  c.strokeRect(half + 12, 4, half - 4, height - 8);
  c.setLineDash([4, 3]);
  c.beginPath();
  c.moveTo(...at([0, settings.threshold]));
  c.lineTo(...at([duration, settings.threshold]));
  c.stroke();
  c.setLineDash([]);
  c.lineWidth = 2;
  c.strokeStyle = "#0b63c5";
  c.beginPath();
  verdicts.forEach((each) => c.lineTo(...at(each)));
  c.stroke();
}

function show(movement) {
  const { by, points, probability: p, reason, milliseconds } = movement;
  const kind = p === null ? "undecided" : verdict(p);
  say(reason || asText(p), kind);
  const item = document.createElement("li");
  const canvas = document.createElement("canvas");
  const strong = document.createElement("strong");
  const small = document.createElement("small");
  strong.textContent = reason || asText(p);
  strong.className = kind;
  const took = p === null ? "" : `, judged in ${milliseconds.toFixed(1)} ms`;
  small.textContent = `by ${by}, ${points.length} points${took}`;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `Path and verdict: ${strong.textContent}`);
  item.append(canvas, strong, small);
  byId("movements").prepend(item);
  drawCard(canvas, movement);
  while (byId("movements").children.length > SHOWN) byId("movements").lastChild.remove();
  allowWhatCanBeDone();
}

function allowWhatCanBeDone() {
  byId("save").disabled = !movements.length;
  const replay = byId("mover").value === "replay";
  byId("play").disabled = replay && movements.every(({ by }) => by in MOVERS);
}

/** Save the movements as JSON lines, for sklearn_ffrnn.datasets.read_json_movements. */
function save() {
  const lines = movements.map(({ by, points, probability, milliseconds }) => {
    const line = { by, probability, milliseconds, time_origin: performance.timeOrigin, points };
    return `${JSON.stringify(line)}\n`;
  });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(lines, { type: "application/jsonl" }));
  link.download = "movements.jsonl";
  link.click();
  URL.revokeObjectURL(link.href);
}

byId("play").addEventListener("click", () => playing || play(byId("mover").value));
byId("mover").addEventListener("change", allowWhatCanBeDone);
byId("save").addEventListener("click", save);
await judge(Array.from({ length: 60 }, (_, i) => [i, i * i, 8 * i])); // the first run takes longest
listen();
allowWhatCanBeDone();
say("Ready.", "undecided");
unfold();
