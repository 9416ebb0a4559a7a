// Chapter 33: p, and the sum of a few activations under dropout.
"use strict";

explore("dropout-sum", function (stage, tools) {
  const { text, line, rect, number, percent, color } = tools;
  const ROWS = 20000, MOST = 40, BINS = 60;
  const draw = tools.random(33);
  const value = Float32Array.from({ length: ROWS * MOST }, draw); // activations in [0, 1)
  const luck = Float32Array.from({ length: ROWS * MOST }, draw); // kept if luck >= p

  const p = tools.slider({ label: "probability of dropping, p", min: 0, max: 0.95, step: 0.05,
    value: 0.6, format: (x) => number(x), onInput: update });
  const terms = tools.slider({ label: "terms in the sum", min: 1, max: MOST, value: 5,
    onInput: update });
  const scaling = tools.choice({ label: "survivors are", value: "divided", onInput: update,
    options: [["divided", "divided by 1 − p"], ["left", "left as they are"]] });

  function sums(p, n, factor) {
    return Float64Array.from({ length: ROWS }, (_, row) => {
      let sum = 0;
      for (let i = row * MOST; i < row * MOST + n; i++) if (luck[i] >= p) sum += value[i];
      return sum * factor;
    });
  }

  function histogram(values, end) { // shares of rows; the last one is all that lies further right
    const counts = new Array(BINS + 1).fill(0);
    for (const x of values) counts[Math.min(BINS, Math.floor((x / end) * BINS))] += 1 / ROWS;
    return counts;
  }

  function update() {
    const n = terms.value, end = 1.6 * n, divided = scaling.value === "divided";
    const all = sums(p.value, n, divided ? 1 / (1 - p.value) : 1);
    const some = all.filter((x) => x > 0), zeros = 1 - some.length / ROWS;
    const mean = all.reduce((a, b) => a + b) / ROWS;
    const spread = Math.sqrt(all.reduce((a, b) => a + (b - mean) ** 2, 0) / (ROWS - 1));
    const bars = histogram(some, end), full = histogram(sums(0, n, 1), end);

    const left = 10, right = 350, top = 22, floor = 170, wide = (right - left) / BINS;
    const x = tools.scale(0, end, left, right);
    const y = tools.scale(0, 1.1 * Math.max(...bars.slice(0, -1), ...full), floor, top);
    const outline = full.slice(0, -1).map((share, i) => `V${y(share)}H${left + wide * (i + 1)}`).join("");
    const ours = color(divided ? "green" : "orange");
    tools.draw("Histogram of the sum, with the full sum's as an outline", 214, [
      bars.slice(0, -1).map((share, i) => rect(left + wide * i, y(share), wide, floor - y(share), { fill: ours })),
      zeros > 0 && rect(left - 7, Math.max(top, y(zeros)), 7, floor - Math.max(top, y(zeros)), { fill: ours }),
      zeros > 0 && text(left - 7, 14, `${percent(zeros)} of the sums are 0`),
      tools.svg("path", { d: `M${left},${floor}${outline}V${floor}`, fill: "none",
        stroke: color("blue"), "stroke-width": 1.5 }),
      line(x(n / 2), top, x(n / 2), floor, { stroke: color("blue"), "stroke-width": 2, "stroke-dasharray": "5 4" }),
      line(x(mean), top, x(mean), floor, { stroke: color("ink"), "stroke-width": 2 }),
      line(left - 8, floor, right, floor, { class: "axis" }),
      [0, 0.25, 0.5, 0.75, 1].map((k) => text(x(k * end), floor + 16, number(k * end, 1), { class: "middle quiet" })),
      text(right, 14, bars[BINS] > 0.005 ? `${percent(bars[BINS])} lie further right` : "", { class: "end" }),
      text(180, floor + 34, "sum (outline: the full sum; lines: the two means)", { class: "middle quiet" }),
    ]);
    tools.numbers({ "mean, full": number(n / 2), mean: number(mean),
      "standard deviation": number(spread), "sums that are 0": percent(zeros, 1) });
    tools.say(`With p = ${number(p.value)} and ${n} ${n === 1 ? "term" : "terms"}, ` +
      `${percent(zeros, 1)} of the sums are exactly 0. Their mean is ${number(mean)}; ` +
      `that of the full sum is ${number(n / 2)}.`);
  }
  update();
});
