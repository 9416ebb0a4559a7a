// Chapters 37 and 38: eight activations of one unit, and how AR and TAR pull on them.
// Setting `penalty=ar` shows AR alone.
"use strict";

explore("ar-tar", function (stage, tools) {
  const { text, line, rect, number, color, svg } = tools;
  const START = [0.8, 0.6, -0.4, 0.7, 0, 0.9, 0.5, 0.3], T = START.length, RATE = 0.5;
  const both = tools.settings.penalty !== "ar";
  let a = [...START], pulls = 0;

  const two = { step: 0.25, min: 0, max: 3, format: (x) => number(x), onInput: update };
  const alpha = tools.slider({ ...two, label: "α, strength of AR", value: both ? 0 : 1 });
  const beta = both ? tools.slider({ ...two, label: "β, strength of TAR", value: 1 }) : { value: 0 };
  const place = tools.slider({ label: "activation to change, t", min: 1, max: T, value: 3, onInput: () => { height.value = a[place.value - 1]; update(); } });
  const height = tools.slider({ label: "its value", min: -1, max: 1, step: 0.1, value: START[2], format: (x) => number(x),
    onInput: () => { a[place.value - 1] = height.value; update(); } });
  const many = both ? 100 : 10; // AR alone leaves little to see after a hundred
  tools.buttons(["let it pull once", () => pull(1)], [`${many} times`, () => pull(many)],
    ["start again", () => { a = [...START]; pulls = 0; height.value = a[place.value - 1]; update(); }]);

  // One row and one unit: B = H = 1. AR is α times the mean of T squares, TAR β times that of T − 1.
  const mean = (values) => values.reduce((x, y) => x + y, 0) / values.length;
  const ar = () => alpha.value * mean(a.map((x) => x ** 2));
  const tar = () => beta.value * mean(a.slice(1).map((x, t) => (x - a[t]) ** 2));
  const gradient = () => a.map((x, t) => {
    const before = t > 0 ? x - a[t - 1] : 0, after = t < T - 1 ? x - a[t + 1] : 0;
    return (2 * alpha.value * x) / T + (2 * beta.value * (before + after)) / (T - 1);
  });
  function pull(times) {
    for (pulls += times; times; times--) a = gradient().map((slope, t) => a[t] - RATE * slope);
    height.value = a[place.value - 1];
    update();
  }

  function update() {
    const forces = gradient().map((slope) => -slope), x = (t) => 22 + 42 * t, y = tools.scale(-1.1, 1.1, 150, 10);
    const largest = Math.max(...forces.map(Math.abs)), where = forces.findIndex((force) => Math.abs(force) === largest);
    const arrows = forces.map((force, t) => {
      if (Math.abs(force) < 0.005) return null;
      const from = y(a[t]), to = y(a[t] + 1.2 * force), tip = force > 0 ? 5 : -5, left = x(t) + 27;
      return svg("path", { d: `M${left},${from}V${to}m-4,${tip}l4,${-tip}l4,${tip}`, fill: "none", stroke: color("orange"), "stroke-width": 2.2 });
    });
    tools.draw("Eight activations, with an arrow for the pull on each", 184, [
      a.map((value, t) => [
        rect(x(t), Math.min(y(0), y(value)), 20, Math.abs(y(value) - y(0)), { fill: color("blue"),
          stroke: t === place.value - 1 ? color("ink") : "none", "stroke-width": 2 }),
        text(x(t) + 10, 164, number(value), { class: "middle" })]),
      line(14, y(0), 354, y(0), { class: "axis" }), arrows,
      text(180, 181, "bars: activations of one unit, t = 1 to 8; arrows: pull", { class: "middle quiet" }),
    ]);
    tools.numbers({ AR: number(ar(), 3), ...(both && { TAR: number(tar(), 3) }), mean: number(mean(a), 3),
      "second : first": Math.abs(a[0]) < 1e-9 ? "–" : number(a[1] / a[0], 3), pulls: String(pulls) });
    tools.say(largest < 0.0005 ? `After ${pulls} pulls nothing pulls any more: the mean is ${number(mean(a), 3)}.`
      : `After ${pulls} ${pulls === 1 ? "pull" : "pulls"} activation ${where + 1} is pulled most, ${forces[where] > 0 ? "up" : "down"} by ${number(largest, 3)}.`);
  }
  update();
});
