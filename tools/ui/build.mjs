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
import subsetFont from "subset-font";

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

// The decoder of QR codes, fetched by the page that reads a receipt with the camera, when it is asked to.
const qr = JSON.parse(readFileSync(join(here, "node_modules/qr/package.json"), "utf8")).version;
await esbuild.build({
  entryPoints: [join(here, "qr.mjs")],
  outfile: join(target, "qr-decode.js"),
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome100", "firefox115"],
  legalComments: "none",
  banner: { js: `/*! qr ${qr}, its decoder. Copyright Paul Miller. MIT. See LICENSE.txt beside this file. */` },
});

// The letters, marks and digits of Persian, Dari, Pashto, Uyghur and Kazakh in Arabic script; the
// rest of the block (Sindhi, Urdu, African languages) would weigh a third more on a slow line.
const LETTERS = [
  [0x60c, 0x60c], [0x61b, 0x61b], [0x61f, 0x61f], [0x621, 0x63a], [0x640, 0x655], [0x660, 0x66c],
  [0x670, 0x671], [0x674, 0x674], [0x679, 0x679], [0x67c, 0x67c], [0x67e, 0x67e], [0x681, 0x681],
  [0x685, 0x686], [0x689, 0x689], [0x693, 0x693], [0x696, 0x696], [0x698, 0x698], [0x69a, 0x69a],
  [0x6a9, 0x6a9], [0x6ab, 0x6ab], [0x6ad, 0x6ad], [0x6af, 0x6af], [0x6bc, 0x6bc], [0x6be, 0x6be],
  [0x6c0, 0x6c3], [0x6c5, 0x6c9], [0x6cb, 0x6ce], [0x6d0, 0x6d0], [0x6d2, 0x6d5], [0x6f0, 0x6f9],
  [0x200c, 0x200f],
];
const letters = LETTERS.flatMap(([first, last]) =>
  Array.from({ length: last - first + 1 }, (_, step) => String.fromCodePoint(first + step)),
).join("");
const fonts = join(here, "node_modules/@fontsource/vazirmatn/files");
for (const weight of [400]) {
  const whole = readFileSync(join(fonts, `vazirmatn-arabic-${weight}-normal.woff2`));
  const part = await subsetFont(whole, letters, { targetFormat: "woff2" });
  writeFileSync(join(target, `vazirmatn-arabic-${weight}.woff2`), part);
}
