// Chapters 24 and 26: one LSTM unit, its gates set by hand. Setting `squash=yes`: g through tanh or σ.
"use strict";

explore("lstm-cell", function (stage, tools) {
  const { text, line, rect, number, color, svg } = tools;
  const sigmoid = (z) => 1 / (1 + Math.exp(-z));
  const start = Number(tools.settings.start || 0), MOST = 60;
  let history;

  function gate(name, meaning, value) {
    return tools.slider({ label: `z of ${name}: ${meaning}`, min: -8, max: 8, step: 0.5, value, onInput: update,
      format: (z) => `${number(z, 1)} → ${number(name === "g" ? squash(z) : sigmoid(z), 3)}` });
  }
  let content = { value: "tanh" };
  function squash(z) { return content.value === "tanh" ? Math.tanh(z) : sigmoid(z); }
  const f = gate("f", "how much to keep", 0), i = gate("i", "how much to write", 0);
  const g = gate("g", "what to write", 0), o = gate("o", "how much to show", 0);
  if (tools.settings.squash) {
    content = tools.choice({ label: "g goes through", value: "tanh", options: [["tanh", "tanh"], ["σ", "σ"]],
      onInput: () => { g.value = g.value; update(); } });
  }
  tools.buttons(["1 step", () => step(1)], ["10 steps", () => step(10)], ["start again", restart],
    ...(start ? [["60 steps from the start", () => { restart(); step(60); }]] : []));

  function next({ c }) {
    const now = sigmoid(f.value) * c + sigmoid(i.value) * squash(g.value);
    return { c: now, h: sigmoid(o.value) * Math.tanh(now) };
  }
  function step(count) {
    for (; count; count--) history.push(next(history[history.length - 1]));
    update();
  }
  function restart() {
    history = [{ c: start, h: 0 }];
    update();
  }

  function update() {
    const { c, h } = history[history.length - 1], steps = history.length - 1, shown = history.slice(-MOST - 1);
    const first = steps - shown.length + 1, most = Math.max(1, ...shown.map((s) => Math.abs(s.c)));
    const x = tools.scale(first, first + MOST, 30, 352), y = tools.scale(-most, most, 120, 10);
    const curve = (key, hue) => [
      svg("polyline", { points: shown.map((s, k) => `${x(first + k)},${y(s[key])}`).join(" "), fill: "none", stroke: color(hue),
        "stroke-width": 1.5 }),
      shown.map((s, k) => svg("circle", { cx: x(first + k), cy: y(s[key]), r: 2.6, fill: color(hue) }))];
    const bar = (k, name, value, hue) => {
      const left = 34 + 82 * k, zero = name === "g" ? left + 30 : left, end = zero + value * (name === "g" ? 30 : 60);
      return [rect(left, 148, 60, 12, { fill: "none", stroke: color("muted") }),
        rect(Math.min(zero, end), 148, Math.abs(end - zero), 12, { fill: color(hue) }),
        text(left - 5, 158, name, { class: "end" })];
    };
    const then = next(history[history.length - 1]);
    const [vf, vi, vg, vo] = [sigmoid(f.value), sigmoid(i.value), squash(g.value), sigmoid(o.value)];
    const signed = (v) => (v < 0 ? `(${number(v, 3)})` : number(v, 3));
    tools.draw("c and h by step, and the four values", 206, [
      line(30, y(0), 352, y(0), { class: "axis" }), line(30, 10, 30, 120, { class: "axis" }),
      [most, 0, -most].map((v) => text(26, y(v) + 4, number(v, most < 10 ? 1 : 0), { class: "end quiet" })),
      curve("c", "orange"), curve("h", "pink"),
      text(30, 136, `after ${steps} ${steps === 1 ? "step" : "steps"}`, { class: "quiet" }),
      text(352, 136, "c orange, h pink", { class: "end quiet" }),
      bar(0, "f", vf, "blue"), bar(1, "i", vi, "blue"), bar(2, "g", vg, "green"), bar(3, "o", vo, "blue"),
      text(12, 182, `next c = ${number(vf, 3)} · ${signed(c)} + ${number(vi, 3)} · ${signed(vg)} = ${number(then.c, 3)}`),
      text(12, 200, `next h = ${number(vo, 3)} · tanh(${number(then.c, 3)}) = ${number(then.h, 3)}`),
    ]);
    tools.numbers({ steps: String(steps), c: number(c, 3), h: number(h, 3) });
    tools.say(`After ${steps} ${steps === 1 ? "step" : "steps"} c = ${number(c, 3)} and h = ${number(h, 3)}. ` +
      `One more step with these gates makes c ${number(then.c, 3)} and h ${number(then.h, 3)}.`);
  }
  restart();
});
