// What was typed and not deployed: kept per file in this tab until it is deployed or dropped.
const form = document.querySelector("[data-keeps]");
const prefix = `shardlight:${form?.dataset.keeps}:`;
const current = () => form.dataset.current;

// Give what was typed into a file and not deployed; null without such a text.
export const kept = () => (form ? sessionStorage.getItem(prefix + current()) : null);

// Keep a text, or forget it because it is the deployed one.
export function keep(text, deployed) {
  if (!form) return;
  if (text === deployed) sessionStorage.removeItem(prefix + current());
  else sessionStorage.setItem(prefix + current(), text);
  show();
}

const files = () => Object.keys(sessionStorage).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));

function forget(names) {
  for (const name of names) sessionStorage.removeItem(prefix + name);
  show();
}

function show() {
  const unsaved = new Set(files());
  for (const part of document.querySelectorAll("[data-edited], [data-discard]")) part.hidden = !unsaved.size;
  for (const link of document.querySelectorAll("[data-file]")) link.classList.toggle("edited", unsaved.has(link.dataset.file));
}

// Follow the forms around the editor; `deployed` is called once the server has what was typed.
export function follow(deployed) {
  if (!form) return;
  // What is not listed may be there all the same where files are listed partly.
  const listed = new Set([...document.querySelectorAll("[data-file]")].map((link) => link.dataset.file));
  if (!("partly" in form.dataset)) forget(files().filter((name) => !listed.has(name)));
  let sent = new Map();
  // Every edited file goes along with the one in the editor.
  form.addEventListener("formdata", ({ formData }) => {
    sent = new Map(formData.has("text") ? [[current(), formData.get("text")]] : []);
    for (const name of files()) {
      if (name === current()) continue;
      sent.set(name, sessionStorage.getItem(prefix + name));
      formData.append("file", name);
      formData.append("text", sent.get(name));
    }
  });
  document.addEventListener("htmx:afterSwap", ({ target }) => {
    if (target.id !== "deployed" || !target.querySelector("[data-deployed]")) return;
    forget([...sent.keys()]);
    deployed(sent.get(current()));
  });
  document.querySelector("[data-discard]")?.addEventListener("click", ({ currentTarget }) => {
    if (!confirm(currentTarget.dataset.discard)) return;
    forget(files());
    location.reload();
  });
  // A renamed file takes its text along; what is deleted or replaced takes nothing.
  document.querySelector("[data-renames]")?.addEventListener("submit", ({ target }) => {
    const text = kept();
    if (text === null) return;
    sessionStorage.setItem(prefix + target.elements.to.value.trim(), text);
    forget([current()]);
  });
  document.querySelector("[data-drops]")?.addEventListener("submit", () => forget([current()]));
  document.querySelector("[data-drops-all]")?.addEventListener("submit", () => forget(files()));
  show();
}
