// The course's models as they are in lmlib, reading one text word by word.
//
//     const model = lm.model("LMModel7");  // its weights have been added by LMModel7.js
//     const step = model.read(3);          // read the word with the id 3
//     step.scores                          // of each word of the vocabulary, as the next one
//     step.inside                          // the states and gates after this word, by name
//
// A vector is an array of numbers, a matrix an array of rows. The weights' names are PyTorch's.
"use strict";

(function () {
  const added = {};

  const sigmoid = (x) => 1 / (1 + Math.exp(-x));
  const relu = (x) => Math.max(0, x);
  const zeros = (n) => new Float64Array(n);
  const add = (a, b) => a.map((x, k) => x + b[k]);
  const dot = (a, b) => a.reduce((sum, x, k) => sum + x * b[k], 0);
  const linear = (W, b, x) => Float64Array.from(W, (row, k) => dot(row, x) + b[k]); // W x + b

  // LMModel2, LMModel3 and LMModel4: one layer. They differ in how they were trained.
  function recurrent(w) {
    let h = zeros(w["h_h.bias"].length);
    return {
      read(word) {
        h = linear(w["h_h.weight"], w["h_h.bias"], add(h, w["i_h.weight"][word])).map(relu);
        return { scores: linear(w["h_o.weight"], w["h_o.bias"], h), inside: { h } };
      },
    };
  }

  // LMModel1: the same for the last three words only. Before the third it predicts nothing.
  function threeWords(w) {
    const words = [];
    return {
      read(word) {
        words.push(word);
        const fresh = recurrent(w);
        return words.length < 3 ? null : words.slice(-3).map(fresh.read).pop();
      },
    };
  }

  // LMModel5: two layers. The second reads the states of the first.
  function stacked(w) {
    const h = [0, 1].map((layer) => zeros(w[`rnn.bias_ih_l${layer}`].length));
    return {
      read(word) {
        let x = w["i_h.weight"][word];
        const inside = {};
        for (const layer of [0, 1]) {
          x = h[layer] = recurrentSums(w, layer, x, h[layer]).map(Math.tanh);
          inside[`h, layer ${layer + 1}`] = x;
        }
        return { scores: linear(w["h_o.weight"], w["h_o.bias"], x), inside };
      },
    };
  }

  // What a layer makes of its input x and its old state h, before the nonlinearity.
  function recurrentSums(w, layer, x, h) {
    return add(
      linear(w[`rnn.weight_ih_l${layer}`], w[`rnn.bias_ih_l${layer}`], x),
      linear(w[`rnn.weight_hh_l${layer}`], w[`rnn.bias_hh_l${layer}`], h),
    );
  }

  // LMModel6 and LMModel7: two layers of LSTM cells.
  function lstm(w) {
    const size = w["i_h.weight"][0].length;
    const states = [0, 1].map(() => ({ h: zeros(size), c: zeros(size) }));
    return {
      read(word) {
        let x = w["i_h.weight"][word];
        const inside = {};
        for (const layer of [0, 1]) {
          const all = lstmCell(recurrentSums(w, layer, x, states[layer].h), states[layer].c);
          for (const name in all) inside[`${name}, layer ${layer + 1}`] = all[name];
          states[layer] = all;
          x = all.h;
        }
        return { scores: linear(w["h_o.weight"], w["h_o.bias"], x), inside };
      },
    };
  }

  // One step of an LSTM: `sums` holds what goes into the gates i, f, g and o, in this order.
  function lstmCell(sums, before) {
    const n = before.length;
    const part = (k) => sums.slice(k * n, (k + 1) * n);
    const i = part(0).map(sigmoid); // how much of the new content to write
    const f = part(1).map(sigmoid); // how much of the memory to keep
    const g = part(2).map(Math.tanh); // the new content
    const o = part(3).map(sigmoid); // how much of the memory to show
    const c = before.map((x, k) => f[k] * x + i[k] * g[k]);
    const h = c.map((x, k) => o[k] * Math.tanh(x));
    return { i, f, g, o, c, h };
  }

  // PointerSentinelLM: an LSTM that may copy the word that followed one of its last 16 states.
  function pointer(w) {
    const MEMORY = 16;
    const reader = lstm(w);
    const states = [zeros(w["query.bias"].length)], words = []; // words[k] followed states[k]
    return {
      read(word) {
        words.push(word);
        const { scores, inside } = reader.read(word);
        const state = inside["h, layer 2"];
        const query = linear(w["query.weight"], w["query.bias"], state).map(Math.tanh);
        const near = states.slice(-MEMORY), follow = words.slice(-MEMORY);
        const a = softmax([...near.map((h) => dot(query, h)), dot(query, w.sentinel)]);
        const copied = zeros(scores.length);
        follow.forEach((id, k) => { copied[id] += a[k]; });
        states.push(state);
        const p = softmax(scores).map((share, id) => a[near.length] * share + copied[id]);
        inside.a = Float64Array.from([...zeros(MEMORY - near.length), ...a]); // sentinel last
        return { scores: p.map((x) => Math.log(Math.max(x, 1.2e-38))), inside, copied };
      },
    };
  }

  const makers = {
    LMModel1: threeWords, LMModel2: recurrent, LMModel3: recurrent, LMModel4: recurrent,
    LMModel5: stacked, LMModel6: lstm, LMModel7: lstm, PointerSentinelLM: pointer,
  };

  // Shares that add up to 1. At temperature 0 the best score takes all.
  function softmax(scores, temperature = 1) {
    const best = Math.max(...scores);
    if (temperature === 0) {
      const winner = scores.indexOf(best);
      return Float64Array.from(scores, (_, k) => (k === winner ? 1 : 0));
    }
    const shares = Float64Array.from(scores, (z) => Math.exp((z - best) / temperature));
    const sum = shares.reduce((a, b) => a + b);
    return shares.map((x) => x / sum);
  }

  // The word on which a random number from 0 to 1 falls, if each is as wide as its share.
  function draw(shares, luck) {
    let word = 0;
    for (let end = shares[0]; luck >= end && word < shares.length - 1; end += shares[word]) word++;
    return word;
  }

  // Weights come as whole numbers of 8 bits in base64, with one scale for each matrix.
  function unpack({ shape, scale, values }) {
    const bytes = Uint8Array.from(atob(values), (char) => char.charCodeAt(0));
    const numbers = Float32Array.from(new Int8Array(bytes.buffer), (whole) => whole * scale);
    if (shape.length === 1) return numbers;
    const [rows, size] = shape;
    return Array.from({ length: rows }, (_, k) => numbers.subarray(k * size, (k + 1) * size));
  }

  window.lm = {
    about: added, // name: { words, accuracy, parameters, seed }
    add(name, { weights, ...about }) {
      const w = {};
      for (const key in weights) w[key] = unpack(weights[key]);
      w["h_o.weight"] = w["h_o.weight"] || w["i_h.weight"]; // tied
      added[name] = { ...about, w };
    },
    model: (name) => makers[name](added[name].w),
    softmax,
    draw,
  };
})();
