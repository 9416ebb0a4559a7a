// "Run the code on this page" (book/_ext/live.py): Thebe turns the cells into editors and runs them
// on Binder. Nothing is loaded from elsewhere before the reader presses the button.

const THEBE = "https://unpkg.com/thebe@0.9.3/lib/";
const HASHES = {  // of the files in the npm package: others are refused
  "index.js": "sha384-jD7u+icBMbuPUkzq2VCHol9Rd0VnPVjvTI8ZHQsQEZdbmH9gWMdD732B8Dli6Gej",
  "thebe.css": "sha384-/vmFaeKYqpCY10Pw3YHyNKd5UHb+SJbi1QVnaw8LLfVuYiT2noJEJ1uWmvwwRSRf",
};

function loadThebe(tag, source, name, more) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), {
      ...more, [source]: THEBE + name, integrity: HASHES[name], crossOrigin: "anonymous",
      onload: resolve, onerror: () => reject(new Error(`${THEBE}${name} can't be loaded`)) });
    document.head.append(element);
  });
}

// Thebe pairs the first cell with the first output, and so on: each cell gets one.
function markCells() {
  for (const input of document.querySelectorAll(".cell .cell_input pre:not([data-executable])")) {
    input.dataset.executable = "true";
    input.parentElement.querySelector(".copybtn")?.remove();
    const cell = input.closest(".cell");
    let output = cell.querySelector(".cell_output");
    if (!output) cell.append(output = document.createElement("div"));
    output.dataset.output = "true";
  }
}

async function run(button, status) {
  const { repository, branch, binder } = button.dataset;
  button.disabled = true;
  status.textContent = "Asking unpkg.com for Thebe …";
  try {
    await loadThebe("link", "href", "thebe.css", { rel: "stylesheet" });
    if (!window.thebe) await loadThebe("script", "src", "index.js");
    markCells();
    thebe.on("status", (_, { message }) => { if (button.disabled) status.textContent = message; });
    const theme = document.documentElement.dataset.theme === "dark" ? "darcula" : "default";
    await thebe.bootstrap({
      codeMirrorConfig: { lineNumbers: false, theme },
      useBinder: true, requestKernel: true, mathjaxUrl: "", mountRestartButton: false, mountRestartAllButton: false,
      binderOptions: { repo: repository, ref: branch, binderUrl: binder, repoProvider: "github" },
      kernelOptions: { kernelName: "python3", path: "book" } });
    button.hidden = true;
    status.textContent =
      "The machine is ready. Begin with “run all”: a cell may need what those above it define.";
  } catch (error) {
    button.disabled = false;
    status.textContent = `That didn't work: ${error.message}.`;
  }
}

const button = document.querySelector(".live button");
button.addEventListener("click", () => run(button, button.nextElementSibling));
