// Writes the code that V8 made of each role's bundle while it started: a part of every later start
// that need not be done again. Each role is started once, where nobody can reach it, and ended.
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { fork } = require("node:child_process");

const dist = path.join(__dirname, "..", "dist");
/** By then a role serves and has done its periodic work once. */
const START_MS = 700;
const DEADLINE_MS = 20_000;

function startOf(role, directory) {
  const socket = path.join(directory, "socket");
  const options = ["--port", "0", "--unixsocket", socket, "--dir", directory, "--save", ""];
  const quiet = [...options, "--logfile", path.join(directory, "log")];
  if (role === "server") return quiet;
  const file = path.join(directory, "sentinel.conf");
  fs.writeFileSync(file, "sentinel monitor nobody 127.0.0.1 1 1\n");
  return [file, ...quiet];
}

/** In a process of its own: starts the role, waits, writes what there is to be kept, and ends. */
function make(role) {
  const { loadCached } = require(path.join(dist, "cached-module.js"));
  const file = path.join(dist, `${role}.js`);
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "code-cache-"));
  process.on("exit", () => fs.rmSync(directory, { recursive: true, force: true }));
  const loaded = loadCached(file);
  const args = startOf(role, directory);
  if (role === "server") loaded.exports.runServer(args);
  else loaded.exports.runSentinel(args, "redis-sentinel");
  setTimeout(() => {
    // Whole or not at all: V8 believes what it reads.
    fs.writeFileSync(`${file}.cache.new`, loaded.makeCache());
    fs.renameSync(`${file}.cache.new`, `${file}.cache`);
    process.exit(0);
  }, START_MS);
}

function makeAll() {
  for (const role of ["server", "sentinel"]) {
    fs.rmSync(path.join(dist, `${role}.js.cache`), { force: true });
    const child = fork(__filename, [role], { stdio: "inherit", timeout: DEADLINE_MS });
    child.once("exit", (code) => {
      // The program works without; it only starts more slowly.
      if (code !== 0) console.error(`no code cache for ${role}: exit code ${code}`);
    });
  }
}

if (process.argv[2] === undefined) makeAll();
else make(process.argv[2]);
