// Search as you type, from an index that is loaded when somebody first wants to search.
(() => {
  const FIELDS = { words: 12, title: 6, heading: 3, part: 1.5 };
  const MOST = 12;
  let pages = null; // what the index holds, with the words of each page counted

  const plain = text => text.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  const stem = word => word.length > 3 ? word.replace(/([^s])s$/, "$1") : word;
  const tokens = text => (plain(text).match(/[\p{L}\p{N}]+/gu) ?? []).map(stem);
  const root = () => document.documentElement.dataset.content_root;

  function load(then) {
    if (pages) return then();
    const script = document.createElement("script");
    script.src = `${root()}_static/search-index.js`;
    script.onload = () => { pages ??= window.bookIndex.map(counted); then(); };
    document.head.append(script);
  }

  // A page's words, each with what it weighs there; what repeats weighs less and less.
  function counted(page) {
    const weights = new Map(), counts = new Map();
    const add = (text, weight) => {
      for (const word of new Set(tokens(text))) {
        weights.set(word, Math.max(weights.get(word) ?? 0, weight));
      }
    };
    add(page.part, FIELDS.part);
    page.sections.forEach(([, heading, text], number) => {
      if (number) add(heading, FIELDS.heading);
      for (const word of tokens(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
    });
    add(page.title, FIELDS.title);
    page.words.forEach(word => add(word, FIELDS.words / tokens(word).length));
    for (const [word, count] of counts) {
      weights.set(word, (weights.get(word) ?? 0) + 4 * count / (count + 4));
    }
    return { ...page, weights, phrases: page.words.map(word => tokens(word).join(" ")) };
  }

  // How many letters to insert, delete, replace or swap with a neighbour, if no more than `most`.
  function distance(a, b, most) {
    if (Math.abs(a.length - b.length) > most) return Infinity;
    let older = [], old = Array.from({ length: b.length + 1 }, (_, j) => j);
    for (let i = 1; i <= a.length; i++) {
      const row = [i];
      for (let j = 1; j <= b.length; j++) {
        const same = a[i - 1] === b[j - 1] ? 0 : 1;
        row[j] = Math.min(row[j - 1] + 1, old[j] + 1, old[j - 1] + same);
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
          row[j] = Math.min(row[j], older[j - 2] + 1);
        }
      }
      [older, old] = [old, row];
    }
    return old[b.length] <= most ? old[b.length] : Infinity;
  }

  // The book's words that a typed word may mean: itself, what it begins, else what is spelt alike.
  function meant(typed) {
    const known = new Set(pages.flatMap(page => [...page.weights.keys()]));
    const begun = [...known].filter(word => word.startsWith(typed));
    if (begun.length) return new Map(begun.map(word => [word, word === typed ? 1 : 0.5]));
    const most = typed.length > 7 ? 2 : typed.length > 3 ? 1 : 0;
    const alike = [...known].map(word => [word, distance(typed, word, most)]);
    const least = Math.min(...alike.map(([, far]) => far));
    return new Map(alike.filter(([, far]) => far === least && far <= most).map(([w]) => [w, 0.8]));
  }

  function find(query) {
    const typed = tokens(query);
    const wanted = typed.map(meant);
    if (!typed.length) return [];
    const found = [];
    for (const page of pages) {
      const scores = wanted.map(words =>
        Math.max(0, ...[...words].map(([word, sure]) => sure * (page.weights.get(word) ?? 0))));
      if (scores.includes(0)) continue;
      const phrase = page.phrases.includes(typed.join(" ")) ? FIELDS.words : 0;
      const score = page.weight * (scores.reduce((a, b) => a + b) + phrase);
      const names = new Set(tokens([page.title, ...page.words].join(" ")));
      const isAbout = wanted.every(words => [...words.keys()].some(word => names.has(word)));
      found.push({ page, score, isAbout, words: wanted.flatMap(words => [...words.keys()]) });
    }
    return found.sort((a, b) => b.score - a.score).slice(0, MOST);
  }

  // The section that speaks most of the words, and its text around the first of them, marked; of a
  // page that is about them, the short answer, with a link to the page's top.
  function excerpt({ page, words, isAbout }) {
    const wanted = new Set(words);
    const hits = text => tokens(text).filter(word => wanted.has(word)).length;
    const score = ([, heading, text], number) =>
      hits(text) / Math.sqrt(text.length + 200) + (number ? hits(heading) : 0);
    const answer = isAbout && page.sections.find(([anchor]) => anchor === "the-short-answer");
    const best = page.sections.reduce(
      (best, section, number) => score(section, number) > best.score
        ? { section, score: score(section, number) } : best,
      { section: page.sections[0], score: 0 });
    const [anchor, heading, text] = answer || best.section;
    const pieces = text.split(/([\p{L}\p{N}]+)/u);
    const marks = pieces.map(piece => wanted.has(stem(plain(piece))));
    const first = Math.max(0, marks.indexOf(true));
    const start = first > 24 ? first - 24 : 0;
    const shown = document.createElement("p");
    if (start) shown.append("… ");
    for (let i = start; i < Math.min(pieces.length, start + 72); i++) {
      const mark = marks[i] && document.createElement("mark");
      if (mark) mark.append(pieces[i]);
      shown.append(mark || pieces[i]);
    }
    if (start + 72 < pieces.length) shown.append(" …");
    const isTop = isAbout || best.section === page.sections[0];
    return { anchor: isTop ? "" : `#${anchor}`, heading, shown };
  }

  function show(form, query) {
    const list = form.parentElement.querySelector(".search-found");
    const status = form.parentElement.querySelector(".search-status");
    const found = find(query);
    list.replaceChildren(...found.map(hit => {
      const { anchor, heading, shown } = excerpt(hit);
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = `${root()}${hit.page.url}${anchor}`;
      link.textContent = anchor ? `${hit.page.title} › ${heading}` : hit.page.title;
      item.append(link, shown);
      return item;
    }));
    status.textContent = !query.trim() ? ""
      : found.length === MOST ? `The best ${MOST} pages`
      : found.length ? `${found.length} page${found.length > 1 ? "s" : ""}`
      : "Nothing found. Try fewer or other words.";
  }

  for (const form of document.querySelectorAll("form.bd-search")) {
    const input = form.querySelector("input");
    const search = () => load(() => show(form, input.value));
    input.addEventListener("focus", () => load(() => {}));
    input.addEventListener("input", search);
    form.addEventListener("submit", event => {
      event.preventDefault();
      load(() => form.parentElement.querySelector(".search-found a")?.click());
    });
    const asked = new URLSearchParams(location.search).get("q");
    if (asked && !form.closest("dialog")) {
      input.value = asked;
      search();
    }
  }
})();
