// Makes every folder beside this file from the packages in package-lock.json:
//   npm ci && node vendor.mjs
// Each folder is <name>-<version>/ with its LICENSE; MANIFEST.json holds the SHA-256 of each file.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const from = (...parts) => join(here, "node_modules", ...parts);
const read = (path) => readFile(path, "utf8");
const version = async (name) => JSON.parse(await read(from(name, "package.json"))).version;

const ICONS = `
  activity archive arrow-right ban bell book-open chart-line chevron-down chevron-right
  circle-alert circle-check circle-dot circle-pause circle-play circle-stop circle-x clock code
  copy database download file file-code file-json file-plus folder gauge git-branch globe inbox
  info key-round layers list loader menu monitor moon package pause pencil play plus radio
  refresh-cw rotate-ccw save scroll-text search send server settings shield shield-alert
  shield-check split square-function sun table-2 tag terminal trash-2 triangle-alert undo-2 upload
  user workflow x zap
`.trim().split(/\s+/);

async function folder(name, licence) {
  const made = join(here, `${name.split("/").at(-1)}-${await version(name)}`);
  await mkdir(made, { recursive: true });
  await cp(from(name, licence ?? "LICENSE"), join(made, "LICENSE"));
  return made;
}

async function clean() {
  for (const entry of await readdir(here, { withFileTypes: true })) {
    if (entry.isDirectory() && entry.name !== "node_modules") await rm(join(here, entry.name), { recursive: true });
  }
}

async function codemirror() {
  const made = await folder("codemirror");
  await build({
    entryPoints: [join(here, "codemirror.entry.mjs")],
    outfile: join(made, "codemirror.min.js"),
    bundle: true, minify: true, format: "esm", target: "es2022", legalComments: "none",
  });
}

async function idiomorph() {
  const made = await folder("idiomorph");
  await cp(from("idiomorph", "dist", "idiomorph-ext.min.js"), join(made, "idiomorph-ext.min.js"));
}

async function lucide() {
  const made = await folder("lucide-static");
  const symbols = [];
  for (const name of ICONS) {
    const drawing = (await read(from("lucide-static", "icons", `${name}.svg`)))
      .replace(/<!--.*?-->/gs, "").replace(/<svg[^>]*>|<\/svg>/g, "").replace(/\s+/g, " ").replaceAll("> <", "><").trim();
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${drawing}</symbol>`);
  }
  await writeFile(join(made, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
}

async function font(name) {
  const made = await folder(`@fontsource-variable/${name}`);
  const file = `${name}-latin-wght-normal.woff2`;
  await cp(from("@fontsource-variable", name, "files", file), join(made, file));
}

async function files(root) {
  const found = [];
  for (const entry of await readdir(root, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) found.push(join(entry.parentPath ?? entry.path, entry.name));
  }
  return found;
}

async function manifest() {
  const sums = {};
  for (const entry of (await readdir(here, { withFileTypes: true })).sort((a, b) => a.name.localeCompare(b.name))) {
    if (!entry.isDirectory() || entry.name === "node_modules") continue;
    for (const file of (await files(join(here, entry.name))).sort()) {
      sums[relative(here, file)] = createHash("sha256").update(await readFile(file)).digest("hex");
    }
  }
  await writeFile(join(here, "MANIFEST.json"), JSON.stringify(sums, null, 2) + "\n");
}

// The lock file pins versions and hashes; where they are fetched from is the installer's business.
async function lockfile() {
  const path = join(here, "package-lock.json");
  const lock = JSON.parse(await read(path));
  for (const entry of Object.values(lock.packages)) delete entry.resolved;
  await writeFile(path, JSON.stringify(lock, null, 2) + "\n");
}

await clean();
await Promise.all([codemirror(), idiomorph(), lucide(), font("open-sans"), font("jetbrains-mono")]);
await manifest();
await lockfile();
