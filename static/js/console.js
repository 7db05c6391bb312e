// Small comforts on top of plain pages: dialogs, keys, copying, theme, live parts. Nothing needs them.
import { walkCells } from "./cells.js";
import { openDialogs } from "./dialog.js";
import { keepAlive } from "./live.js";
import { listen } from "./keys.js";

for (const part of document.querySelectorAll("[data-scripted]")) part.hidden = false;
openDialogs();
keepAlive();
walkCells();
listen();

// A copy button writes the text of its data-copy and says so.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await copy(button.dataset.copy);
  announce(`${button.dataset.copied}`);
  button.classList.add("copied");
});

// What a choice changes in its form is asked for at once.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-resubmit]")) event.target.form.requestSubmit();
  const all = event.target.dataset.checkAll;
  if (all) for (const box of event.target.form.querySelectorAll(`[name="${all}"]`)) box.checked = event.target.checked;
});

// A second click on a button that leads on does nothing while the first one is on its way.
const AGAIN_MS = 3000;
const sent = new WeakMap();
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (event.timeStamp - (sent.get(event.target) ?? -AGAIN_MS) < AGAIN_MS) event.preventDefault();
  else sent.set(event.target, event.timeStamp);
});
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) sent.delete(form);
});

// What a test came to is looked at, wherever on the page it was asked for.
document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.id === "result") target.scrollIntoView({ block: "nearest" });
});

// What was sent and came to nothing is told where its answer was to stand.
document.addEventListener("htmx:responseError", ({ detail }) => {
  const answer = new DOMParser().parseFromString(detail.xhr.responseText, "text/html");
  const said = answer.querySelector(".refusal .said")?.textContent;
  fail(detail, said ?? `The console answered ${detail.xhr.status}. Load the page again.`);
});
document.addEventListener("htmx:sendError", ({ detail }) => {
  fail(detail, "The console cannot be reached: nothing was sent. Try again when it runs.");
});
function fail({ requestConfig, target }, said) {
  if (requestConfig.verb !== "post") return;
  const text = document.createElement("p");
  text.className = "fault state bad";
  text.setAttribute("role", "alert");
  text.textContent = said;
  target.replaceChildren(text);
  target.scrollIntoView({ block: "nearest" });
}

// Menus close when the focus or a click goes elsewhere, and on Escape.
const menus = () => document.querySelectorAll("details.menu[open], details.adder[open]");
document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// What is chosen in a row of links that scrolls is in view.
for (const link of document.querySelectorAll(".tabs [aria-current], .settings .pages [aria-current]")) {
  const row = link.parentElement;
  row.scrollLeft = link.offsetLeft - row.offsetLeft - (row.clientWidth - link.offsetWidth) / 2;
}
for (const link of document.querySelectorAll(".files nav [aria-current]")) {
  const column = link.parentElement;
  column.scrollTop = link.offsetTop - column.offsetTop - (column.clientHeight - link.offsetHeight) / 2;
}

// Over plain HTTP from another machine a browser has no clipboard for scripts: the selection is copied.
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

export function announce(text) {
  document.getElementById("announcer").textContent = text;
}
