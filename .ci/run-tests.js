// Runs every compiled *.test.js below dist/test, or those whose path holds one of the arguments.
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
const wanted = process.argv.slice(2);
const files = fs
  .readdirSync(path.join(root, "dist", "test"), { recursive: true })
  .map((file) => path.join("dist", "test", file))
  .filter((file) => file.endsWith(".test.js"))
  .filter((file) => fs.existsSync(path.join(root, file.slice(5).replace(/\.js$/, ".ts"))))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
if (files.length === 0) {
  console.error("no test matches");
  process.exit(1);
}
const result = spawnSync(
  process.execPath,
  ["--enable-source-maps", "--test", "--test-concurrency=2", ...files],
  { cwd: root, stdio: "inherit" },
);
process.exit(result.status ?? 1);
