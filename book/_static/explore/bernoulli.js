// Chapter 35: a mask of n entries, thrown again and again, and the heap of the shares of ones.
"use strict";

explore("bernoulli", function (stage, tools) {
  const { text, line, rect, number, color } = tools;
  const draw = tools.random(35);
  let luck, shares;

  const p = tools.slider({ label: "probability of a one, p", min: 0, max: 1, step: 0.05, value: 0.5,
    format: (x) => number(x), onInput: () => { shares = []; keep(); update(); } });
  const size = tools.choice({ label: "entries in the mask, n", value: "25", onInput: () => { throwAgain(1, true); },
    options: [5, 10, 20, 40].map((side) => [String(side * side), `${side} × ${side} = ${side * side}`]) });
  tools.buttons(["throw once", () => throwAgain(1)], ["throw 200 times", () => throwAgain(200)]);

  function ones() { return luck.filter((u) => u < p.value).length; }
  function keep() { shares.push(ones() / luck.length); }
  function throwAgain(times, anew = false) {
    if (anew) shares = [];
    for (; times; times--) {
      luck = Array.from({ length: Number(size.value) }, draw);
      keep();
    }
    update();
  }

  function update() {
    const n = luck.length, side = Math.sqrt(n), cell = 140 / side, throws = shares.length;
    const mean = shares.reduce((a, b) => a + b) / throws;
    const spread = throws > 1 ? Math.sqrt(shares.reduce((a, b) => a + (b - mean) ** 2, 0) / (throws - 1)) : NaN;
    const expected = Math.sqrt((p.value * (1 - p.value)) / n);

    const heap = new Map(); // by share, in steps of 1/25
    for (const share of shares) heap.set(Math.round(share * 25), (heap.get(Math.round(share * 25)) || 0) + 1);
    const x = tools.scale(0, 1, 180, 342), y = tools.scale(0, Math.max(10, ...heap.values()), 158, 24);
    tools.draw("A mask, and the shares of ones in all throws", 190, [
      luck.map((u, i) => u < p.value && rect(8 + cell * (i % side), 18 + cell * Math.floor(i / side), cell * 0.86, cell * 0.86,
        { fill: color("blue") })),
      rect(6, 16, 143, 143, { fill: "none", stroke: color("muted") }),
      text(78, 176, "this mask: filled = 1", { class: "middle quiet" }),
      [...heap].map(([bin, count]) => rect(x(bin / 25) - 2.5, y(count), 5, 158 - y(count), { fill: color("blue") })),
      line(x(p.value), 18, x(p.value), 158, { stroke: color("ink"), "stroke-dasharray": "5 4" }),
      line(176, 158, 346, 158, { class: "axis" }),
      [0, 0.5, 1].map((k) => text(x(k), 172, number(k, 1), { class: "middle quiet" })),
      text(261, 187, "share of ones, all throws", { class: "middle quiet" }),
    ]);
    tools.numbers({ ones: `${ones()} of ${n}`, throws: String(throws), "mean share": number(mean, 3),
      "spread of the shares": throws > 1 ? number(spread, 4) : "–", "√(p (1 − p) / n)": number(expected, 4) });
    tools.say(`${ones()} of ${n} entries are 1, a share of ${number(ones() / n, 3)}. Over ${throws} ` +
      `${throws === 1 ? "throw" : `throws the shares spread by ${number(spread, 4)}`}; ` +
      `the formula says ${number(expected, 4)}.`);
  }
  throwAgain(1, true);
});
