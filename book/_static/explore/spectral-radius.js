// Chapter 21: one 2 × 2 matrix again and again; W = ρ [[cos θ, −s sin θ], [sin θ / s, cos θ]].
"use strict";

explore("spectral-radius", function (stage, tools) {
  const { text, line, number, color, svg } = tools;
  const STEPS = 60, LOW = -4, HIGH = 4;
  const radius = tools.slider({ label: "spectral radius, ρ", min: 0.7, max: 1.2, step: 0.01, value: 0.95,
    format: (x) => number(x), onInput: update });
  const stretch = tools.slider({ label: "stretch, s", min: 1, max: 8, step: 0.5, value: 1,
    format: (x) => number(x, 1), onInput: update });
  const turn = tools.slider({ label: "turn, θ", min: 0, max: 90, step: 5, value: 30, format: (x) => `${x}°`,
    onInput: update });

  // Eigenvalues: the roots of z² − (a + d) z + (ad − bc). Singular values: those of WᵀW, square-rooted.
  function spectralRadius([a, b, c, d]) {
    const half = (a + d) / 2, det = a * d - b * c, under = half ** 2 - det;
    return under < 0 ? Math.sqrt(det) : Math.abs(half) + Math.sqrt(under);
  }
  function largestSingularValue([a, b, c, d]) {
    const sum = a * a + b * b + c * c + d * d, det = a * d - b * c;
    return Math.sqrt((sum + Math.sqrt(Math.max(0, sum ** 2 - 4 * det ** 2))) / 2);
  }

  function update() {
    const s = stretch.value, angle = (turn.value * Math.PI) / 180;
    const W = [Math.cos(angle), -s * Math.sin(angle), Math.sin(angle) / s, Math.cos(angle)]
      .map((entry) => radius.value * entry);
    let v = [0, 1];
    const path = [v];
    for (let i = 0; i < STEPS; i++) {
      v = [W[0] * v[0] + W[1] * v[1], W[2] * v[0] + W[3] * v[1]];
      path.push(v);
    }
    const norms = path.map(([a, b]) => Math.hypot(a, b));
    const rho = spectralRadius(W), sigma = largestSingularValue(W);
    const peak = Math.max(...norms), last = norms[STEPS];

    // Left: where the vector is. Right: its length, on a logarithmic axis.
    const size = Math.max(1.2, peak > 20 ? 20 : peak), u = tools.scale(-size, size, 4, 144), w = tools.scale(-size, size, 158, 18);
    const x = tools.scale(0, STEPS, 190, 350), y = tools.scale(LOW, HIGH, 158, 18);
    const left = { fill: "none", "clip-path": "url(#spectral-left)" };
    const right = { fill: "none", "clip-path": "url(#spectral-right)" };
    const curve = (lengths, looks) => svg("polyline", { ...right, ...looks,
      points: lengths.map((length, i) => `${x(i)},${y(Math.log10(length))}`).join(" ") });
    const powers = (base) => norms.map((_, i) => base ** i);
    tools.draw("Where the vector goes, and its length", 196, [
      svg("clipPath", { id: "spectral-left" }, tools.rect(4, 18, 140, 140)),
      svg("clipPath", { id: "spectral-right" }, tools.rect(190, 18, 160, 140)),
      line(4, w(0), 144, w(0), { class: "axis" }), line(u(0), 18, u(0), 158, { class: "axis" }),
      svg("polyline", { ...left, points: path.map(([a, b]) => `${u(a)},${w(b)}`).join(" "), stroke: color("blue"),
        "stroke-width": 1.4 }),
      path.map(([a, b], i) => svg("circle", { ...left, cx: u(a), cy: w(b), r: i ? 2.2 : 5, fill: color(i ? "blue" : "ink") })),
      text(74, 12, "the vector", { class: "middle" }), text(270, 12, "its length", { class: "middle" }),
      text(74, 176, `± ${number(size, 1)}; large dot: start`, { class: "middle quiet" }),
      line(190, y(0), 350, y(0), { class: "axis" }), line(190, 18, 190, 158, { class: "axis" }),
      [LOW, 0, HIGH].map((k) => text(185, y(k) + 4, { "-4": "10⁻⁴", 0: "1", 4: "10⁴" }[k], { class: "end quiet" })),
      curve(powers(sigma), { stroke: color("pink"), "stroke-dasharray": "2 3", "stroke-width": 2 }),
      curve(powers(rho), { stroke: color("ink"), "stroke-dasharray": "6 4" }),
      curve(norms, { stroke: color("blue"), "stroke-width": 2.2 }),
      text(270, 176, "60 products; dashed: ρᵗ,", { class: "middle quiet" }),
      text(270, 191, "dotted: σᵗ, the bound", { class: "middle quiet" }),
    ]);
    const digits = (length) => (length >= 0.01 && length < 10000 ? number(length, 2) : length.toExponential(1).replace("-", "−"));
    tools.numbers({ "ρ": number(rho), "σ max": number(sigma), "greatest length": digits(peak), "after 60 products": digits(last) });
    tools.say(`With ρ = ${number(rho)} the largest singular value is ${number(sigma)}. The length rises to ${digits(peak)} ` +
      `at most, and is ${digits(last)} after 60 products.`);
  }
  update();
});
