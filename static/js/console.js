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
  await navigator.clipboard.writeText(button.dataset.copy);
  announce(`${button.dataset.copied}`);
  button.classList.add("copied");
});

// What a choice changes in its form is asked for at once.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-resubmit]")) event.target.form.requestSubmit();
  const all = event.target.dataset.checkAll;
  if (all) for (const box of event.target.form.querySelectorAll(`[name="${all}"]`)) box.checked = event.target.checked;
});

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

export function announce(text) {
  document.getElementById("announcer").textContent = text;
}
