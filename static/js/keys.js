// Keyboard shortcuts. A single letter never acts while a field or the code editor has the focus.
const places = { f: "nav.functions", t: "nav.tables", q: "nav.queues", l: "nav.logs", r: "nav.roles" };
let leading = false;

export function listen() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      event.preventDefault();
      document.querySelector(".search input").focus();
    } else if (leading && places[event.key]) {
      document.querySelector(`[data-label="${places[event.key]}"]`).click();
    }
    leading = event.key === "g";
  });
}

function typing(element) {
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}
