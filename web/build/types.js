// Makes the types of the API from its OpenAPI document: `npm run types`. With `--check` it only says whether they are old.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const DOCUMENT = new URL("../../crates/api/openapi.json", import.meta.url);
const TYPES = fileURLToPath(new URL("../src/lib/api/generated/openapi.ts", import.meta.url));
const HEAD = "// Made by `npm run types` in web/ from crates/api/openapi.json. Change that, not this.\n\n";

const types = HEAD + astToString(await openapiTS(DOCUMENT, { silent: true }));

if (process.argv.includes("--check")) {
  const committed = await readFile(TYPES, "utf8").catch(() => "");
  if (committed !== types) {
    process.stderr.write("src/lib/api/generated/openapi.ts is older than crates/api/openapi.json: npm run types\n");
    process.exitCode = 1;
  }
} else {
  await mkdir(dirname(TYPES), { recursive: true });
  await writeFile(TYPES, types);
}
