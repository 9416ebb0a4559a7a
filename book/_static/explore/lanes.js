// Chapters 9 and 13: a stream cut into rows and batches, in the right way and in three wrong ones.
// Setting `targets=yes` shows y below x.
"use strict";

explore("lanes", function (stage, tools) {
  const { text, rect, color } = tools;
  const digits = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
  const stream = digits.flatMap((digit) => `two thousand forty ${digit} .`.split(/\s+/)); // 49 words
  const usable = stream.length - 1; // the last word is a target only
  const withTargets = tools.settings.targets === "yes";
  const hues = ["blue", "orange", "green", "pink", "violet"];

  // Where in the stream stands word t of row r in batch b? There are n batches of B rows of T words.
  const cuts = {
    lanes: (b, r, t, { n, T }) => r * n * T + b * T + t,
    reversed: (b, r, t, { n, T }) => r * n * T + (n - 1 - b) * T + t,
    filled: (b, r, t, { B, T }) => b * B * T + r * T + t,
    interleaved: (b, r, t, { B, T }) => (b * T + t) * B + r,
  };
  const cut = tools.choice({ label: "cut", value: withTargets ? "filled" : "interleaved", onInput: resize,
    options: [["lanes", "lanes: row r reads piece r"], ["reversed", "lanes, batches from last to first"],
      ["filled", "row after row: view(-1, B, T)"], ["interleaved", "interleaved: view(-1, B).t()"]] });
  const rows = tools.slider({ label: "rows in a batch, B", min: 1, max: 5, value: 3, onInput: resize });
  const words = tools.slider({ label: "words in a row, T", min: 1, max: 5, value: 4, onInput: resize });
  const batch = tools.slider({ label: "batch", min: 0, max: 3, value: 1, onInput: update });

  function resize() {
    const last = Math.floor(Math.floor(usable / words.value) / rows.value) - 1;
    batch.input.max = last;
    batch.value = Math.min(batch.value, last);
    update();
  }

  function update() {
    const B = rows.value, T = words.value, n = Math.floor(Math.floor(usable / T) / B);
    const place = (b, r, t) => cuts[cut.value](b, r, t, { n, B, T });
    const now = batch.value, each = (length, f) => Array.from({ length }, (_, i) => f(i));
    const goesOn = (b, r) => b === 0 || place(b, r, 0) === place(b - 1, r, T - 1) + 1;
    const shifted = each(B, (r) => each(T - 1, (t) => place(now, r, t + 1) === place(now, r, t) + 1).every(Boolean));
    const continued = each(B, (r) => goesOn(now, r));
    const read = each(now + 1, (b) => each(T, (t) => stream[place(b, 0, t)]).join(" ")).join(" | ");

    // The stream, 16 words a line; words of this batch are coloured by row, those read before are pale.
    const owner = {};
    for (let b = 0; b <= now; b++) for (let r = 0; r < B; r++) for (let t = 0; t < T; t++)
      owner[place(b, r, t)] = { r, shade: b === now ? 1 : 0.35 };
    const cells = stream.slice(0, usable).map((_, i) => rect(4 + 22 * (i % 16), 20 + 15 * Math.floor(i / 16), 20, 12, {
      fill: owner[i] ? color(hues[owner[i].r]) : "none", "fill-opacity": owner[i] ? owner[i].shade : null,
      stroke: i < n * B * T ? color("muted") : "none", "stroke-width": 0.8 }));

    const top = 88, high = withTargets ? 37 : 24;
    const table = each(B, (r) => {
      const y = top + 18 + high * r, hue = color(hues[r]);
      return [
        rect(4, y - 13, 5, high - 6, { fill: hue }), text(14, y, `row ${r}`, { class: "quiet" }),
        each(T, (t) => text(60 + 61 * t, y, stream[place(now, r, t)])),
        withTargets && text(14, y + 14, "target", { class: "quiet" }),
        withTargets && each(T, (t) => text(60 + 61 * t, y + 14, stream[place(now, r, t) + 1], { class: "quiet" })),
      ];
    });
    tools.draw(`The stream, and batch ${now} of ${n}`, top + 12 + high * rows.input.max, [
      text(4, 12, `the stream: batch ${now} in colour, what was read before pale`, { class: "quiet" }), cells,
      text(4, top - 4, `batch ${now}`), table]);
    const count = (flags) => `${flags.filter(Boolean).length} of ${B}`;
    tools.numbers({ batches: String(n),
      ...(withTargets && { "rows whose target is their input, shifted by one": count(shifted) }),
      "rows that go on where they stopped": now ? count(continued) : "–" });
    tools.say(`Row 0 has read: ${read}`);
  }
  resize();
});
