// Builds native/ with node-gyp. A machine without a compiler still gets a working server: the
// portable transport and the TypeScript twins are used then, and the server says so at its start.
const { spawnSync } = require("node:child_process");
const path = require("node:path");

const nativeDir = path.join(__dirname, "..", "native");
const gyp = require.resolve("node-gyp/bin/node-gyp.js");
const fs = require("node:fs");
// Headers that came with this very node need no download.
const prefix = path.join(path.dirname(process.execPath), "..");
const hasHeaders = fs.existsSync(path.join(prefix, "include", "node", "node_api.h"));
const options = ["--directory", nativeDir, "--loglevel", "error"];
if (hasHeaders) options.push(`--nodedir=${prefix}`);
const run = (args) => spawnSync(process.execPath, [gyp, ...options, ...args], { stdio: "inherit" });

const configured = fs.existsSync(path.join(nativeDir, "build", "Makefile"));
const result = run(configured ? ["build"] : ["configure", "build"]);
if (result.status !== 0) {
  if (process.env.CI) process.exit(1);
  console.error("native addon not built: the server will use its portable transport");
}
