// What the console needs of CodeMirror 6, as one module.
export { basicSetup } from "codemirror";
export { EditorView, keymap } from "@codemirror/view";
export { EditorState, Compartment } from "@codemirror/state";
export { HighlightStyle, syntaxHighlighting, indentUnit } from "@codemirror/language";
export { tags } from "@lezer/highlight";
export { json } from "@codemirror/lang-json";
export { python } from "@codemirror/lang-python";
export { javascript } from "@codemirror/lang-javascript";
export { lintGutter, setDiagnostics } from "@codemirror/lint";
