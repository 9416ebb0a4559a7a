// Chapter 39: which words have similar rows, in LMModel7's tables (benchmarks/tied_rows.py).
"use strict";

explore("tied-rows", function (stage, tools) {
  const { text, rect, line, number, color, data } = tools;
  const SHOWN = 8, hues = { digits: "blue", teens: "orange", tens: "green" };
  const kinds = Object.entries(data.kinds).map(([kind, words]) => [kind, words.split(" ")]);
  const kindOf = (word) => (kinds.find(([, words]) => words.includes(word)) || [null])[0];
  const members = kinds.flatMap(([, words]) => words);
  const rows = (name) => data.similarity[name].map((row) => row.split(" ").map((x) => x / 100));

  const table = tools.choice({ label: "table", value: "tied", onInput: update, options: [
    ["before training", "before training: chance"], ["untied, input", "untied: input (embedding)"],
    ["untied, output", "untied: output layer"], ["tied", "tied: one for both"]] });
  const chosen = tools.slider({ label: "word", min: 0, max: members.length - 1, value: members.indexOf("fifty"),
    format: (i) => members[i], onInput: update });

  function ranking(similarity, word) { // the other words, the most similar first
    const row = similarity[data.words.indexOf(word)];
    return data.words.map((other, i) => ({ other, cosine: row[i] })).filter(({ other }) => other !== word)
      .sort((a, b) => b.cosine - a.cosine);
  }

  function update() {
    const word = members[chosen.value], similarity = rows(table.value), ranked = ranking(similarity, word);
    const own = data.own_kind_nearest[table.value].values[0]; // of the first seed: here cosines are rounded, so some tie
    const alike = ranked.slice(0, SHOWN).filter(({ other }) => kindOf(other) === kindOf(word)).length;
    const x = tools.scale(0, 1, 110, 350);
    tools.draw(`The ${SHOWN} words whose rows are most like that of ${word}`, 30 + 20 * SHOWN + 44, [
      text(110, 14, `most like “${word}”`, { fill: color("ink") }),
      ranked.slice(0, SHOWN).map(({ other, cosine }, i) => [
        text(102, 38 + 20 * i, other, { class: "end" }),
        rect(110, 27 + 20 * i, x(Math.max(0, cosine)) - 110, 14, { fill: color(hues[kindOf(other)] || "muted") }),
        text(x(Math.max(0, cosine)) + 5, 38 + 20 * i, number(cosine), { class: "quiet" })]),
      line(110, 22, 110, 24 + 20 * SHOWN, { class: "axis" }),
      text(180, 44 + 20 * SHOWN, "cosine of the two rows, from 0 to 1", { class: "middle quiet" }),
      kinds.map(([kind], i) => [rect(74 + 76 * i, 53 + 20 * SHOWN, 10, 10, { fill: color(hues[kind]) }),
        text(88 + 76 * i, 62 + 20 * SHOWN, kind, { class: "quiet" })]),
    ]);
    tools.numbers({ [`${kindOf(word)} among these ${SHOWN}`]: String(alike),
      "words with one of their kind as the nearest": `${own} of ${members.length}` });
    tools.say(`In the table “${table.value}” the row most like that of ${word} is that of ${ranked[0].other}, with a cosine of ` +
      `${number(ranked[0].cosine)}.`);
  }
  update();
});
