// Chapters 12 and 20: how far back a loss reaches, in h_k = w h_(k-1) + x_k with h detached at cuts.
// Setting `count=words` (12): cuts after every k words. `count=steps` (20): k steps before the loss.
"use strict";

explore("truncation", function (stage, tools) {
  const { text, line, rect, number, percent, color } = tools;
  return tools.settings.count === "steps" ? steps() : words();

  function words() {
    const T = 16;
    const cut = tools.slider({ label: "cut after every … words", min: 1, max: T, value: 4, onInput: update });
    const loss = tools.slider({ label: "loss after word t", min: 1, max: T, value: 7, onInput: update });
    const lag = tools.slider({ label: "the word that is needed is … words back", min: 0, max: T - 1, value: 5,
      onInput: update });

    function update() {
      const t = loss.value, needed = t - lag.value;
      const piece = (k) => Math.ceil(k / cut.value); // words 1 to T
      const reached = (k, t) => k <= t && piece(k) === piece(t);
      const all = Array.from({ length: T }, (_, i) => i + 1);
      const asking = all.filter((t) => t > lag.value), served = asking.filter((t) => reached(t - lag.value, t));
      const x = (k) => 22 * k - 16;
      tools.draw("Sixteen words, cut, and which of them the loss reaches", 118, [
        text(x(t) + 9, 14, `L${String.fromCharCode(...[...String(t)].map((d) => 0x2050 + 0x30 + Number(d)))}`, { class: "middle" }),
        line(x(t) + 9, 19, x(t) + 9, 38, { stroke: color("orange"), "stroke-width": 3 }),
        all.map((k) => [
          rect(x(k), 40, 18, 26, { rx: 3, fill: reached(k, t) ? color("orange") : "none",
            "fill-opacity": 0.4, stroke: color(k === needed ? "ink" : "muted"), "stroke-width": k === needed ? 3 : 1 }),
          text(x(k) + 9, 57, String(k), { class: "middle" }),
        ]),
        all.filter((k) => k < T && piece(k) !== piece(k + 1)).map((k) => [
          line(x(k) + 20, 30, x(k) + 20, 76, { stroke: color("ink"), "stroke-dasharray": "3 3" }),
          text(x(k) + 20, 90, "✂", { class: "middle", "font-size": 14 })]),
        text(180, 110, "orange: gets gradient; framed: the word needed", { class: "middle quiet" }),
      ]);
      const verdict = needed < 1 ? "the word needed lies before the text"
        : `word ${needed}, which is needed, gets ${reached(needed, t) ? "gradient" : "none"}`;
      tools.numbers({ "words that this loss reaches": `${all.filter((k) => reached(k, t)).length} of ${t}`,
        [`losses that reach ${lag.value} back`]: `${served.length} of ${asking.length}` });
      tools.say(`Cut after every ${cut.value}: of the loss after word ${t}, ${verdict}.`);
    }
    update();
  }

  function steps() {
    const T = 60;
    const cut = tools.slider({ label: "words that the gradient may reach", min: 1, max: T, value: 16, onInput: update });
    const factor = tools.slider({ label: "factor of one step, w", min: 0.8, max: 1.1, step: 0.01, value: 0.9,
      format: (w) => number(w), onInput: update });

    function update() {
      const w = factor.value, k = cut.value;
      const sizes = Array.from({ length: T }, (_, d) => w ** d); // by distance from the loss
      const sum = (values) => values.reduce((a, b) => a + b, 0);
      const lost = sum(sizes.slice(k)) / sum(sizes);
      const highest = Math.max(...sizes), x = (d) => 346 - 5.7 * d - 5; // the loss is on the right
      const y = tools.scale(0, highest, 130, 20);
      tools.draw("Gradient at sixty words; those beyond the cut are grey", 172, [
        sizes.map((size, d) => rect(x(d), y(size), 4.6, 130 - y(size), {
          fill: d < k ? color("orange") : color("muted"), "fill-opacity": d < k ? 1 : 0.45 })),
        line(4, 130, 350, 130, { class: "axis" }),
        k < T && line(x(k - 1) - 0.6, 14, x(k - 1) - 0.6, 138, { stroke: color("ink"), "stroke-dasharray": "3 3" }),
        k < T && text(x(k - 1) - 0.6, 150, "✂", { class: "middle", "font-size": 14 }),
        text(348, 150, "the loss", { class: "end quiet" }), text(4, 150, "59 steps back", { class: "quiet" }),
        text(180, 168, `height: gradient at the word; the tallest is ${number(highest)}`, { class: "middle quiet" }),
      ]);
      tools.numbers({ "left at the cut": number(w ** k, 3), "left 59 steps back": number(w ** 59, 3),
        "thrown away": percent(lost, 1) });
      tools.say(`With w = ${number(w)} and a reach of ${k} words, ${percent(lost, 1)} of the gradient is thrown away.`);
    }
    update();
  }
});
