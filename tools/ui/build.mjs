// Builds what cannot be copied: the stylesheet, its right-to-left overlay and the script bundle.
// Called by build.py with the folder to write to; the output is the same on every run.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import postcss from "postcss";
import postcssRTLCSS from "postcss-rtlcss";
import { Mode } from "postcss-rtlcss/options";
import * as sass from "sass";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = process.argv[2];
const version = JSON.parse(
  readFileSync(join(here, "node_modules/govuk-frontend/package.json"), "utf8"),
).version;
const banner = `/*! GOV.UK Frontend ${version}, in parts. MIT. See LICENSE.txt beside this file. */\n`;

const compiled = sass.compile(join(here, "govuk.scss"), {
  style: "compressed",
  quietDeps: true,
  charset: false,
}).css;
const mirrored = await postcss([postcssRTLCSS({ mode: Mode.diff })]).process(compiled, {
  from: undefined,
});
const overlay = sass.compileString(mirrored.css, { style: "compressed", charset: false }).css;
writeFileSync(join(target, "govuk.css"), banner + compiled.trim() + "\n");
writeFileSync(join(target, "govuk.rtl.css"), banner + overlay.trim() + "\n");

await esbuild.build({
  entryPoints: [join(here, "govuk.mjs")],
  outfile: join(target, "govuk.js"),
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome100", "firefox115"],
  legalComments: "none",
  banner: { js: banner.trim() },
});
