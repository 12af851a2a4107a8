// Builds native/ with node-gyp. A machine without a compiler still gets a working server: the
// portable transport and the TypeScript twins are used then, and the server says so at its start.
const { spawnSync } = require("node:child_process");
const path = require("node:path");

const nativeDir = path.join(__dirname, "..", "native");
const gyp = require.resolve("node-gyp/bin/node-gyp.js");
const run = (args) =>
  spawnSync(process.execPath, [gyp, "--directory", nativeDir, "--loglevel", "error", ...args], {
    stdio: "inherit",
  });

const fs = require("node:fs");
const configured = fs.existsSync(path.join(nativeDir, "build", "Makefile"));
const result = run(configured ? ["build"] : ["configure", "build"]);
if (result.status !== 0) {
  if (process.env.CI) process.exit(1);
  console.error("native addon not built: the server will use its portable transport");
}
