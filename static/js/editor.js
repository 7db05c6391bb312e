// Turns every textarea[data-editor] into a CodeMirror editor. The textarea stays the form's field.
import {
  EditorState, EditorView, HighlightStyle, basicSetup, indentUnit, javascript, json, keymap, lintGutter,
  python, setDiagnostics, syntaxHighlighting, tags,
} from "../vendor/codemirror-6.0.2/codemirror.min.js";
import { follow, keep, kept } from "./unsaved.js";

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword], color: "var(--gone)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--ok)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: tags.comment, color: "var(--text-quiet)", fontStyle: "italic" },
  { tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName))], color: "var(--code-name)" },
  { tag: tags.propertyName, color: "var(--code-name)" },
]);
const theme = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "var(--code)" },
  ".cm-content": { fontFamily: "var(--mono)", lineHeight: "20px", caretColor: "var(--text)", padding: "10px 0" },
  ".cm-gutters": { backgroundColor: "var(--code)", color: "var(--text-quiet)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--accent) 7%, transparent)" },
  "&.cm-focused": { outline: "none" },
  // Above the gutter, so that the ring is whole.
  "&.cm-focused::after": {
    content: "''", position: "absolute", inset: "0", zIndex: "300", border: "2px solid var(--accent)", pointerEvents: "none",
  },
  ".cm-panels": { backgroundColor: "var(--surface-low)", color: "var(--text)", borderColor: "var(--line-soft)" },
  ".cm-panel.cm-search": { padding: "8px 34px 8px 12px", fontSize: "13px" },
  ".cm-panel.cm-search label": { fontSize: "13px" },
  ".cm-panel.cm-search [name=close]": { top: "6px", right: "8px", width: "24px", height: "24px", fontSize: "18px" },
  ".cm-textfield": {
    minHeight: "28px", padding: "2px 8px", fontSize: "13px", border: "1.5px solid var(--line-input)", borderRadius: "6px",
    backgroundColor: "var(--surface)", color: "var(--text)",
  },
  ".cm-button": {
    minHeight: "28px", padding: "2px 12px", fontSize: "13px", fontWeight: "700", border: "1.5px solid var(--accent)",
    borderRadius: "14px", backgroundImage: "none", backgroundColor: "var(--surface)", color: "var(--accent)",
    "&:active": { backgroundImage: "none", backgroundColor: "var(--accent-soft)" },
  },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 25%, transparent)",
  },
  ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--text)", border: "1px solid var(--line)" },
});
const nonce = document.querySelector("script[nonce]").nonce;
const language = {
  python: () => [python(), indentUnit.of("    ")],
  json: () => [json(), indentUnit.of("  ")],
  javascript: () => [javascript(), indentUnit.of("  ")],
  plain: () => [],
};

for (const field of document.querySelectorAll("textarea[data-editor]")) mount(field);

function mount(field) {
  const tracked = "tracksEdits" in field.dataset;
  let deployed = field.value;
  if (tracked) field.value = kept() ?? deployed;
  const view = new EditorView({
    state: EditorState.create({
      doc: field.value,
      extensions: [
        EditorView.cspNonce.of(nonce),
        basicSetup,
        tracked || field.dataset.errorLine ? lintGutter() : [],
        language[field.dataset.editor](),
        syntaxHighlighting(colours),
        theme,
        EditorState.readOnly.of(field.readOnly),
        EditorView.contentAttributes.of({ tabindex: "0", "aria-label": field.labels[0]?.textContent.trim() ?? "Code" }),
        keymap.of([{ key: "Mod-s", preventDefault: true, run: () => deploy(field) }]),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          field.value = update.state.doc.toString();
          if (tracked) keep(field.value, deployed);
        }),
      ],
    }),
  });
  field.hidden = true;
  field.after(view.dom);
  // A label of a hidden field leads nowhere; it leads into the editor instead.
  for (const label of field.labels) label.addEventListener("click", () => view.focus());
  if (field.dataset.errorLine) blame(view, Number(field.dataset.errorLine), field.dataset.errorText);
  if (!tracked) return;
  follow((text) => {
    deployed = text.replaceAll("\r\n", "\n");
    keep(field.value, deployed);
    point(view);
  });
  if (field.value === deployed) point(view);
}

// Mark the line that a refusal is about.
function blame(view, number, message) {
  const line = view.state.doc.line(Math.min(number, view.state.doc.lines));
  view.dispatch(setDiagnostics(view.state, [{ from: line.from, to: line.to, severity: "error", message }]));
}

// Mark the line that the server could not read.
function point(view) {
  const file = document.getElementById("deploy").dataset.current;
  const found = [...document.querySelectorAll("[data-fault]")].filter((part) => part.dataset.fault === file);
  view.dispatch(setDiagnostics(view.state, found.map((part) => {
    const line = view.state.doc.line(Math.min(Number(part.dataset.line), view.state.doc.lines));
    const from = Math.min(line.from + Number(part.dataset.column) - 1, line.to);
    return { from, to: Math.max(from, line.to), severity: "error", message: part.dataset.text };
  })));
}

function deploy(field) {
  if (!field.readOnly) field.form.requestSubmit();
  return true;
}
