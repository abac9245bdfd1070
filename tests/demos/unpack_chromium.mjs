// Unpack the browser that the npm package carries: node unpack_chromium.mjs <package folder> <target folder>
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const [source, target] = process.argv.slice(2);
process.env.TMPDIR = target; // the package unpacks into the temporary folder, wherever that is
const { inflate } = await import(pathToFileURL(join(source, "build", "index.js")));
for (const archive of ["chromium.br", "fonts.tar.br", "swiftshader.tar.br", "al2023.tar.br"]) {
  await inflate(join(source, "bin", archive));
}
