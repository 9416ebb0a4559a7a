// The models to play with: type a text, see the next word, let it write, look inside.
// What computes is in ../play/models.js. A model's weights are loaded when it is chosen.
"use strict";

(function () {
  const home = document.currentScript.src.replace(/explore\/play\.js.*/, "play/");
  const MODELS = {
    LMModel1: ["M1", "one layer; it reads the last three words, no more and no fewer"],
    LMModel2: ["M2", "the same as a loop, so that it reads any number of words"],
    LMModel3: ["M3", "in training it kept its state from batch to batch"],
    LMModel4: ["M4", "in training it predicted after every word, not only after the third"],
    LMModel5: ["M5", "two layers, with tanh"],
    LMModel6: ["M6", "two layers of LSTM cells"],
    LMModel7: ["M7", "M6 with dropout, AR, TAR and tied weights"],
    PointerSentinelLM: ["pointer", "M7 that may also copy a word it has read (orange; underlined where it writes)"],
  };
  const INSIDE = {
    h: "state h", c: "memory c", i: "input gate i", f: "forget gate f", o: "output gate o",
    g: "new content g", a: "pointer: its share for each of the last 16 words, and for the sentinel",
  };
  const BEGINNINGS = {
    "a beginning": "seven thousand",
    "one number": "two thousand forty one .",
    "three numbers": "two thousand thirty nine . two thousand forty . two thousand forty one .",
    "three that nobody trained on":
      "nine thousand thirty nine . nine thousand forty . nine thousand forty one .",
  };
  const WRITES = 24, BARS = 6; // words

  const scripts = {};
  function load(name) { // each one once
    scripts[name] ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      Object.assign(script, { src: `${home}${name}.js`, onload: resolve, onerror: reject });
      document.head.append(script);
    });
    return scripts[name];
  }

  // The words of a text as the corpus has them: lower case, the full stop a word of its own, no other marks.
  function split(text) {
    return text.toLowerCase().replace(/[-,!?:;'"“”]/g, " ").replace(/\./g, " . ").match(/\S+/g) || [];
  }

  explore("play", function (stage, { el, percent, number, random, say, says, slider, settings }) {
    const controls = stage.firstChild;
    let name; // of the model
    let steps = []; // what it made of each word: [{ word, scores, inside }, …]
    let typed = 0; // so many of the words are the reader's own
    let at = 0, unit = 0; // the step and the unit that the reader looks at
    let writes = false; // whether the model goes on writing when something is changed
    let unknown; // the first word that the models don't know

    const text = el("input", { type: "text", id: "play-text", value: BEGINNINGS["a beginning"],
      maxlength: 400, autocomplete: "off", autocapitalize: "none", spellcheck: "false", input: onText });
    const take = (beginning) => { text.value = beginning; onText(); };
    const beginnings = Object.entries(BEGINNINGS).map(([label, beginning]) =>
      el("button", { type: "button", click: () => take(beginning) }, label));
    const radios = Object.entries(MODELS).map(([key, [short]]) => el("label", {},
      el("input", { type: "radio", name: "play-model", value: key, input: choose }), short));
    controls.append(
      el("div", { class: "explorable-control play-wide" },
        el("label", { for: "play-text" }, "Your text, with numbers in words"), text, says),
      el("div", { class: "explorable-buttons play-wide" }, "Or take", ...beginnings),
      el("fieldset", { class: "play-models play-wide" }, el("legend", {}, "Who reads it?"), ...radios));
    const temperature = slider({ label: "Temperature (1 is what the model predicts)", min: 0, max: 2,
      step: 0.1, value: 0.5, format: (x) => number(x, 1), onInput: changed });
    const seed = el("input", { type: "number", id: "play-seed", min: 0, max: 9999, value: 1,
      input: changed });
    const button = el("button", { type: "button", class: "play-write", click: onWrite }, "Write on");
    const writing = el("div", { class: "explorable-controls" }, temperature.whole,
      el("div", { class: "explorable-control" },
        el("label", { for: "play-seed" }, "Seed (the same, the same words)"), seed, button));

    const about = el("p", { class: "play-about" });
    const title = el("p", { class: "play-title", id: "play-title" }, "The model is on its way …");
    const bars = el("ol", { class: "play-bars", "aria-labelledby": "play-title" });
    const wrote = el("p", { class: "play-wrote", role: "status" });
    const part = el("select", { id: "play-part", input: drawInside });
    const rows = el("ol", { class: "play-rows", role: "listbox", tabindex: 0,
      "aria-label": "The text, word by word", keydown: onKey, pointermove: onPoint, click: onPoint });
    const reading = el("p", { class: "play-reading", role: "status" });
    const inside = el("details", { toggle: drawInside },
      el("summary", {}, "Look inside, word by word"),
      el("div", { class: "explorable-control" }, el("label", { for: "play-part" }, "Show"), part),
      rows, reading, el("p", { class: "play-key" }, "A row for each word, a cell for each unit: orange is ",
        "above 0, blue below. Point at a cell, tap it, or move with the arrow keys."));
    controls.after(about, title, bars, writing, wrote, inside);

    function choose() {
      const chosen = controls.querySelector(":checked").value;
      load("models").then(() => load(chosen)).then(() => {
        if (controls.querySelector(":checked").value !== chosen) return; // another one since
        name = chosen;
        const { accuracy, seed } = lm.about[name];
        about.replaceChildren(el("strong", {}, name), `: ${MODELS[name][1]}. Its next word is right for `,
          el("strong", {}, percent(accuracy, 1)), ` of the validation words (trained with seed ${seed}).`);
        changed();
      }, () => say("This model could not be loaded."));
    }

    function onText() {
      writes = false;
      changed();
    }
    function onWrite() {
      writes = true;
      changed();
    }

    // After a change of text, model, temperature or seed.
    function changed() {
      if (!name) return; // not loaded yet
      const vocab = lm.about[name].words, words = split(text.value);
      const last = words[words.length - 1];
      const unfinished = /[a-z]$/i.test(text.value) && !vocab.includes(last) &&
        vocab.some((word) => word.startsWith(last));
      if (unfinished) words.pop();
      unknown = words.find((word) => !vocab.includes(word));
      say(unknown ? `“${unknown}” is not among the models’ ${vocab.length} words.` : "");
      const own = unknown ? [] : words;
      read(own, writes ? write(own) : []);
    }

    // Let the model read the reader's words, then its own.
    function read(own, written) {
      const model = lm.model(name), vocab = lm.about[name].words;
      steps = [...own, ...written].map((word) => ({ word, ...model.read(vocab.indexOf(word)) }));
      typed = own.length;
      at = typed - 1;
      button.disabled = !steps[at]?.scores;
      const said = steps.map(({ word }, k) => [ // underlined if it was mostly copied
        k >= typed && copied(steps[k - 1], vocab.indexOf(word)) > 0.5 ? el("u", {}, word) : word, word === "." ? "\n" : " "]);
      wrote.replaceChildren(...(written.length
        ? [...said.slice(0, typed).flat(), el("strong", {}, ...said.slice(typed).flat()), "…"]
        : []));
      listParts();
      drawBars();
      drawInside();
    }

    // What a fresh model appends to these words.
    function write(own) {
      const model = lm.model(name), vocab = lm.about[name].words, written = [];
      const luck = random(Number(seed.value));
      let step = own.map((word) => model.read(vocab.indexOf(word))).pop();
      while (step?.scores && written.length < WRITES) {
        const id = lm.draw(lm.softmax(step.scores, temperature.value), luck());
        written.push(vocab[id]);
        step = model.read(id);
      }
      return written;
    }

    // The part of a word's share that a pointer copies.
    function copied(step, id) {
      return step.copied ? step.copied[id] / Math.exp(step.scores[id]) : 0;
    }

    // The likeliest next words after the step that the reader looks at.
    function drawBars() {
      const step = steps[at], words = steps.slice(0, at + 1).map(({ word }) => word);
      const quote = words.length > 6 ? `… ${words.slice(-6).join(" ")}` : words.join(" ");
      bars.replaceChildren();
      title.textContent = unknown ? `“${unknown}” is not among the words that the models know:`
        : !step ? "Type a word, such as: seven"
        : step.scores ? `The next word after “${quote}”`
        : `${name} reads three words at a time. Type ${at === 1 ? "one" : "two"} more.`;
      const vocab = lm.about[name].words;
      if (unknown) bars.append(el("li", {}, vocab.slice().sort().join(" ")));
      if (!step?.scores) return;
      const shares = lm.softmax(step.scores, temperature.value);
      const order = [...shares.keys()].sort((a, b) => shares[b] - shares[a]);
      for (const id of order.slice(0, BARS).filter((id) => shares[id] >= 0.0005)) {
        const much = copied(step, id);
        const goOn = () => {
          take(`${words.join(" ")} ${vocab[id]} `);
          bars.querySelector("button")?.focus();
        };
        bars.append(el("li", {}, el("button", { type: "button", title: "Add this word", click: goOn },
          el("span", { class: "play-word" }, vocab[id]),
          el("span", { class: "play-track" },
            el("span", { class: "play-bar", style: `width: ${100 * shares[id] * (1 - much)}%` }),
            el("span", { class: "play-bar play-copied", style: `width: ${100 * shares[id] * much}%` })),
          el("span", { class: "play-share" }, percent(shares[id], 1),
            step.copied ? ` (${percent(much)} copied)` : ""))));
      }
    }

    // The states and gates that this model has.
    function listParts() {
      const keys = Object.keys(steps.find((step) => step.inside)?.inside || {});
      if (!steps.length || keys.join() === [...part.options].map((option) => option.value).join()) return;
      part.replaceChildren(...keys.map((key) =>
        el("option", { value: key }, INSIDE[key[0]] + key.slice(1))));
      part.value = keys.find((key) => key.startsWith("f")) || keys[0] || "";
    }

    function drawInside() {
      if (!inside.open) return;
      const values = steps.map((step) => step.inside?.[part.value] || []);
      const most = Math.max(1, ...values.map((row) => Math.max(...row.map(Math.abs))));
      rows.hidden = !steps.length;
      rows.replaceChildren(...steps.map(({ word }, k) => {
        const cells = [...values[k]].map((x, j, { length }) => `color-mix(in srgb, var(--explore-${
          x > 0 ? "orange" : "blue"}) ${Math.round((100 * Math.abs(x)) / most)}%, transparent) ${
          (100 * j) / length}% ${(100 * (j + 1)) / length}%`);
        return el("li", { role: "option", id: `play-row-${k}`, class: k < typed ? "" : "play-written" },
          el("span", { class: "play-word" }, word),
          el("span", { class: "play-cells", style: `background: linear-gradient(90deg, ${cells.join()})` }));
      }));
      lookAt(at, unit);
    }

    // Read out one cell, and the row that it stands in.
    function lookAt(row, column) {
      at = Math.min(Math.max(row, 0), steps.length - 1);
      const values = steps[at]?.inside?.[part.value];
      if (!rows.children[at]) return reading.replaceChildren();
      for (const other of rows.children) other.setAttribute("aria-selected", other === rows.children[at]);
      rows.setAttribute("aria-activedescendant", `play-row-${at}`);
      if (!values) {
        reading.textContent = "No state yet: this model waits for the third word.";
        return;
      }
      unit = Math.min(Math.max(column, 0), values.length - 1);
      rows.style.setProperty("--place", `${(100 * unit) / values.length}%`);
      rows.style.setProperty("--size", `${100 / values.length}%`);
      const mean = values.reduce((a, b) => a + b) / values.length;
      const cell = part.value !== "a" ? `unit ${unit + 1} of ${values.length}`
        : unit === 16 ? "the sentinel" : `copying “${steps[at - 15 + unit]?.word ?? "nothing"}”`;
      reading.textContent = `After “${steps[at].word}”, ${cell}: ${number(values[unit])}. ` +
        `The row: ${number(Math.min(...values))} to ${number(Math.max(...values))}, mean ${number(mean)}.`;
    }

    function onKey(event) {
      const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1],
        ArrowRight: [0, 1] }[event.key] || [0, 0];
      if (!down && !right) return;
      event.preventDefault();
      lookAt(at + down, unit + right);
      rows.children[at].scrollIntoView({ block: "nearest" });
      drawBars();
    }

    function onPoint(event) {
      const row = event.target.closest("li");
      if (!row) return;
      const { left, width } = row.lastChild.getBoundingClientRect();
      const count = steps[[...rows.children].indexOf(row)].inside?.[part.value].length || 1;
      lookAt([...rows.children].indexOf(row), Math.floor(((event.clientX - left) / width) * count));
      drawBars();
    }

    controls.querySelector(`[value="${settings.model || "LMModel7"}"]`).checked = true;
    choose();
  });
})();
