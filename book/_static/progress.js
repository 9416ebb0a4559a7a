// Predictions, quizzes and what a reader has done, kept in this browser alone.
// State: {read: {chapter: true}, guess: {chapter: text, or null if skipped}, last: chapter,
//         quiz: {chapter: {of: number of questions, answers: {question: [letter, right]}}}}
"use strict";

const KEY = "language-models-39";
const CHAPTER = /(\d\d)-[\w-]+(?=\.html$)/;

const EMPTY = { read: {}, guess: {}, quiz: {}, last: null };

let state = load() || EMPTY;

function load() {
  try {
    return { ...EMPTY, ...JSON.parse(localStorage.getItem(KEY)) };
  } catch {
    return null; // no storage: what is done lasts as long as the page
  }
}

function save(next) {
  state = next;
  try {
    localStorage.setItem(KEY, JSON.stringify(state));
  } catch {}
  showProgress();
}

function change(edit) {
  const next = structuredClone(load() || state); // another tab may have written since
  edit(next);
  save(next);
}

const chapterOf = (url) => (new URL(url, location.href).pathname.match(CHAPTER) || [null])[0];

// The button that had the focus is gone: keys go on from what it led to.
function goOn(from) {
  from.tabIndex = -1;
  from.focus();
}

// ---- Predict first: CSS hides the section after a form that has no class `done`.

function setUpPrediction(form) {
  const chapter = form.dataset.chapter;
  const field = form.querySelector("textarea, input[type=number]");
  const unfold = () => {
    form.classList.add("done");
    window.dispatchEvent(new Event("resize")); // what was hidden has a size now
  };
  const open = (guess) => {
    unfold();
    const said = form.querySelector(".said");
    if (guess === null) {
      said.textContent = "Skipped. The short answer is below.";
      return;
    }
    form.classList.add("committed");
    const option = field ? null : form.querySelector(`[value="${CSS.escape(guess)}"]`);
    if (option) option.checked = true;
    if (field) field.value = guess;
    const words = option ? option.closest("label").lastElementChild.innerText : guess;
    said.textContent = `You said: ${words}`;
    form.querySelectorAll("input, textarea").forEach((input) => { input.disabled = true; });
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const guess = field ? field.value : form.querySelector(":checked").value;
    open(guess);
    change((s) => { s.guess[chapter] = guess; });
    goOn(form.querySelector(".said"));
  });
  form.querySelector("[type=button]").addEventListener("click", () => {
    open(null);
    change((s) => { s.guess[chapter] = null; });
    goOn(form.querySelector(".said"));
  });
  // A link into the hidden section opens it.
  const follow = () => {
    const section = form.closest("section").nextElementSibling;
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && section.contains(target)) unfold();
  };
  follow();
  window.addEventListener("hashchange", follow);
  if (chapter in state.guess) open(state.guess[chapter]);
}

// ---- Check yourself: the class `checked` shows the reasons of the classes `chosen` and `right`.

function setUpQuestion(form) {
  const chapter = form.closest(".quiz").dataset.chapter;
  const questions = [...form.closest(".quiz").children].map((q) => q.dataset.question);
  const options = [...form.querySelectorAll(".option")];
  const reasons = [...form.querySelectorAll(".why")];
  const status = form.querySelector("[role=status]");
  const uncheck = () => {
    form.classList.remove("checked");
    form.querySelector("details").open = false;
    status.textContent = "";
  };
  const check = (letter) => {
    const at = options.findIndex((option) => option.firstChild.value === letter);
    if (at < 0) return null;
    const right = options[at].classList.contains("right");
    options[at].firstChild.checked = true;
    [...options, ...reasons].forEach((item) => item.classList.remove("chosen"));
    [options[at], reasons[at]].forEach((item) => item.classList.add("chosen"));
    form.classList.add("checked");
    form.querySelector("details").open = true;
    const place = options.find((option) => option.classList.contains("right")).firstChild.value;
    status.textContent = right ? `${letter} is right.` : `Not ${letter}. ${place} is right.`;
    return right;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const letter = form.querySelector(":checked").value;
    const right = check(letter);
    change((s) => {
      const before = Object.entries(s.quiz[chapter]?.answers || {});
      const known = before.filter(([question]) => questions.includes(question));
      const answers = { ...Object.fromEntries(known), [form.dataset.question]: [letter, right] };
      s.quiz[chapter] = { of: questions.length, answers };
    });
    goOn(status);
  });
  form.addEventListener("change", uncheck);
  form.addEventListener("reset", uncheck);
  const answer = state.quiz[chapter]?.answers[form.dataset.question];
  if (answer) check(answer[0]);
}

// ---- Ticks in the contents and on the front page, and where to go on.

const answered = (chapter) => {
  const quiz = state.quiz[chapter];
  return Boolean(quiz) && Object.keys(quiz.answers).length >= quiz.of;
};

function nextChapter(links) {
  const chapters = [...new Set(links.map((link) => chapterOf(link.href)))].sort();
  if (!state.last || !chapters.includes(state.last)) return null;
  const from = chapters.indexOf(state.last);
  const order = [...chapters.slice(from), ...chapters.slice(0, from)];
  return order.find((chapter) => !state.read[chapter]) || null;
}

function showProgress() {
  const links = [...document.querySelectorAll(".bd-links a, .course-map a")];
  const toChapters = links.filter((link) => chapterOf(link.href));
  for (const link of toChapters) {
    link.dataset.title ||= link.textContent.trim();
    tick(link, chapterOf(link.href));
  }
  const next = nextChapter(toChapters);
  showContinue(toChapters.find((link) => chapterOf(link.href) === next));
  document.querySelectorAll(".questions li[data-chapter]").forEach(showQuestion);
}

function tick(link, chapter) {
  link.querySelector(".ticks")?.remove();
  const done = [state.read[chapter] && "read", answered(chapter) && "quiz done"].filter(Boolean);
  if (!done.length) return;
  const mark = document.createElement("span");
  mark.className = "ticks";
  mark.title = done.join(", ");
  mark.innerHTML = `<span aria-hidden="true">${"✓".repeat(done.length)}</span>`;
  mark.append(Object.assign(document.createElement("span"),
    { className: "visually-hidden", textContent: ` (${done.join(", ")})` }));
  link.append(mark);
}

// The first button of the front page, and a link above the contents of all other pages.
function showContinue(to) {
  document.querySelector(".bd-links .continue")?.remove();
  if (!to) return;
  const start = document.querySelector(".start a");
  const link = start || Object.assign(document.createElement("a"), { className: "continue" });
  link.href = to.href;
  link.textContent = `Continue with ${to.dataset.title}`;
  if (!start && chapterOf(location.href) !== chapterOf(to.href)) {
    document.querySelector(".bd-links").prepend(link);
  }
}

function setUpReading() {
  const chapter = chapterOf(location.href);
  if (!chapter) return;
  change((s) => { s.last = chapter; });
  const end = document.querySelector(".prev-next-footer");
  new IntersectionObserver((seen, observer) => {
    if (!seen.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    change((s) => { s.read[chapter] = true; });
  }).observe(end);
}

// ---- The page "Your progress": lists of all questions, of which those that apply are shown.

function showQuestion(item) {
  const { chapter, question } = item.dataset;
  const answer = state.quiz[chapter]?.answers[question];
  const untried = question ? !answer : !(chapter in state.guess);
  const missed = Boolean(answer) && !answer[1];
  item.hidden = item.closest(".missed") ? !missed : !untried;
}

function setUpProgressPage(page) {
  const status = page.querySelector("[role=status]");
  const file = page.querySelector("[type=file]");
  page.querySelector(".export").addEventListener("click", () => {
    const text = JSON.stringify({ course: KEY, ...state }, null, 2);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = `${KEY}-progress.json`;
    link.click();
    URL.revokeObjectURL(link.href);
    status.textContent = "Your progress is in the file that was just downloaded.";
  });
  page.querySelector(".import").addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    try {
      const { course, ...progress } = JSON.parse(await file.files[0].text());
      const parts = [progress.read, progress.guess, progress.quiz];
      if (course !== KEY || !parts.every((part) => part && typeof part === "object")) throw new Error();
      save({ ...EMPTY, ...progress });
      status.textContent = "The progress in the file has replaced what was here.";
    } catch {
      status.textContent = "This is no progress file of this course; nothing has changed.";
    }
    file.value = "";
  });
  page.querySelector(".forget").addEventListener("click", () => {
    if (!confirm("Forget what you have read, predicted and answered?")) return;
    save(EMPTY);
    status.textContent = "Forgotten.";
  });
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".predict").forEach(setUpPrediction);
  document.querySelectorAll(".quiz-question").forEach(setUpQuestion);
  document.querySelectorAll(".progress-page").forEach(setUpProgressPage);
  setUpReading();
  showProgress();
});
