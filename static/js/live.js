// Live parts come by server-sent events. After two failures in a row they are asked for instead.
const EVERY_MS = 2000;
let failures = 0;
let timer = 0;

export function keepAlive() {
  // What the visitor opened stays open when the part around it is drawn anew.
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) => !(name === "open" && node.tagName === "DETAILS");
  for (const log of tails()) log.scrollTop = log.scrollHeight;
  document.addEventListener("htmx:sseOpen", () => {
    failures = 0;
    clearInterval(timer);
    timer = 0;
  });
  document.addEventListener("htmx:sseError", () => {
    failures += 1;
    if (failures >= 2 && !timer) timer = setInterval(ask, EVERY_MS);
  });
  document.addEventListener("htmx:sseBeforeMessage", (event) => remember(event.target));
  document.addEventListener("htmx:sseMessage", (event) => tell(event.target));
}

function ask() {
  if (document.hidden) return;
  for (const part of document.querySelectorAll("[data-live]")) {
    remember(part);
    htmx.ajax("GET", part.dataset.live, { target: part, swap: "morph:innerHTML" }).then(() => tell(part));
  }
}

// What changed is told to screen readers once: texts of [data-announce] that were not there before.
const before = new WeakMap();
const texts = (part) => [...part.querySelectorAll("[data-announce]")].map((found) => found.dataset.announce);

const tails = () => document.querySelectorAll("[data-tail]");
const following = new WeakMap();

function remember(part) {
  before.set(part, new Set(texts(part)));
  // A log that is read at its end follows what comes; one that was scrolled back stays put.
  for (const log of tails()) following.set(log, log.scrollHeight - log.scrollTop - log.clientHeight < 40);
}

function tell(part) {
  const known = before.get(part) ?? new Set();
  const fresh = texts(part).filter((text) => !known.has(text));
  if (fresh.length) document.getElementById("announcer").textContent = fresh.join(". ");
  for (const log of tails()) if (following.get(log)) log.scrollTop = log.scrollHeight;
}
