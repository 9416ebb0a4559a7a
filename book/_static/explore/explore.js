// Figures that answer to sliders: <figure data-explorable="NAME"> (book/_ext/explorable.py).
//
// When such a figure comes near the screen, explore/NAME.js is loaded beside this file. It calls
//     explore("NAME", function (stage, tools) { … });
// which fills the empty `stage`. What the figure shows without JavaScript is hidden meanwhile.
// Classic scripts, no requests but these: pages work from a disk, too.
"use strict";

(function () {
  const home = document.currentScript.src.replace(/explore\.js.*/, "");

  // An element with attributes, and children: elements, or text. A function is a listener.
  function make(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (typeof value === "function") element.addEventListener(name, value);
      else if (value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }
  function el(name, attributes, ...children) {
    return make(document.createElement(name), attributes, children);
  }
  function svg(name, attributes, ...children) {
    return make(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
  }

  let ids = 0;
  function control(label, input, ...after) {
    input.id = `explorable-input-${++ids}`;
    return el("div", { class: "explorable-control" },
      el("label", { for: input.id }, label), input, ...after);
  }

  // A number with a true minus sign and a fixed number of decimals.
  function number(value, decimals = 2) {
    const text = Math.abs(value).toFixed(decimals);
    return value < 0 && Number(text) !== 0 ? `−${text}` : text;
  }
  function percent(share, decimals = 0) {
    return `${number(100 * share, decimals)} %`;
  }

  // Uniform numbers in [0, 1), the same for the same seed (mulberry32).
  function random(seed) {
    return function () {
      seed = (seed + 0x6d2b79f5) | 0;
      let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
      t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
  }

  // From a range of values to a range of places, or the other way round.
  function scale(from, to, low, high) {
    return (value) => low + ((value - from) / (to - from)) * (high - low);
  }

  function toolsFor(figure, stage) {
    const controls = el("div", { class: "explorable-controls" });
    const picture = svg("svg", { class: "explorable-picture", role: "img" });
    const numbers = el("p", { class: "explorable-numbers" });
    const says = el("p", { class: "explorable-says", role: "status" });
    stage.append(controls, picture, numbers, says);

    return {
      el, svg, number, percent, random, scale, figure,
      settings: figure.dataset, // what the directive's `:settings:` give
      data: JSON.parse(figure.querySelector(".explorable-data")?.textContent || "null"), // `:data:`
      color: (name) => `var(--explore-${name})`, // blue, orange, … ink, muted: see explore.css

      // A range input; the result's `value` can be read and set.
      slider({ label, min, max, step = 1, value, format = String, onInput }) {
        const input = el("input", { type: "range", min, max, step, value, input: changed });
        const output = el("span", { class: "explorable-value", "aria-hidden": "true" });
        function show() {
          output.textContent = format(Number(input.value));
          input.setAttribute("aria-valuetext", output.textContent);
        }
        function changed() {
          show();
          onInput();
        }
        const whole = control(label, input, output);
        controls.append(whole);
        show();
        return {
          input,
          whole,
          get value() { return Number(input.value); },
          set value(next) { input.value = next; show(); },
        };
      },

      // A list to choose from: options are [[value, text], …].
      choice({ label, options, value, onInput }) {
        const input = el("select", { input: onInput },
          ...options.map(([key, text]) => el("option", { value: key }, text)));
        input.value = value;
        const whole = control(label, input);
        controls.append(whole);
        return { input, whole, get value() { return input.value; } };
      },

      // A row of buttons: [[text, action], …].
      buttons(...pairs) {
        const row = el("div", { class: "explorable-buttons" },
          ...pairs.map(([text, click]) => el("button", { type: "button", click }, text)));
        controls.append(row);
        return [...row.children];
      },

      // Draw anew: a picture 360 units wide, which is what a phone shows without making it smaller.
      draw(label, height, shapes) {
        picture.setAttribute("viewBox", `0 0 360 ${height}`);
        picture.setAttribute("aria-label", label);
        picture.replaceChildren(...shapes.flat(Infinity).filter(Boolean));
      },
      text: (x, y, words, attributes) => svg("text", { x, y, ...attributes }, words),
      line: (x1, y1, x2, y2, attributes) => svg("line", { x1, y1, x2, y2, ...attributes }),
      rect: (x, y, width, height, attributes) =>
        svg("rect", { x, y, width: Math.max(0, width), height: Math.max(0, height), ...attributes }),

      // Numbers with their names: { name: text, … }.
      numbers(values) {
        numbers.replaceChildren(...Object.entries(values).map(([name, text]) =>
          el("span", {}, `${name} `, el("strong", {}, text), " ")));
      },
      // The state in one sentence, which screen readers read out after a change.
      says,
      say(sentence) { says.textContent = sentence; },
    };
  }

  window.explore = function (name, start) {
    for (const figure of document.querySelectorAll(`[data-explorable="${name}"]`)) {
      const stage = el("div", { class: "explorable-stage" });
      start(stage, toolsFor(figure, stage));
      figure.querySelector(".explorable-static").before(stage);
      figure.classList.add("explorable-live");
    }
  };

  const loaded = new Set();
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const name = target.dataset.explorable;
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      if (loaded.has(name)) continue;
      loaded.add(name);
      document.head.append(el("script", { src: `${home}${name}.js` }));
    }
  }, { rootMargin: "600px" });
  document.querySelectorAll("[data-explorable]").forEach((figure) => watcher.observe(figure));
})();
