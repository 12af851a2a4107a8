// Bundles the program into one file per role, so that a role loads nothing of the other: dist/server.js
// and dist/sentinel.js behind dist/program.js, which the launchers run; the programs that check files
// into dist/check.js, and the thread that writes snapshots into dist/snapshot-worker.js. Constants of
// other files become immediate numbers in the hot paths (about 5% less CPU per operation). Tests
// import the unbundled files that tsc writes.
// Each role's bundle ends with a mark that is made of its content (src/cached-module.ts tells why).
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const esbuild = require("esbuild");

const root = path.join(__dirname, "..");
const dist = path.join(root, "dist");
const roles = { "./server/run-server": "server.js", "./sentinel/run-sentinel": "sentinel.js" };
const rolesApart = {
  name: "roles-apart",
  setup(build) {
    build.onResolve({ filter: /\/run-(server|sentinel)$/ }, ({ path: wanted }) => ({
      path: roles[wanted],
      namespace: "role",
    }));
    build.onLoad({ filter: /.*/, namespace: "role" }, ({ path: bundle }) => ({
      contents: `const { join } = require("node:path");
        const { loadCached } = require("./cached-module");
        module.exports = loadCached(join(__dirname, ${JSON.stringify(bundle)})).exports;`,
      resolveDir: path.join(root, "src"),
    }));
  },
};

function mark(bundle) {
  const file = path.join(dist, bundle);
  const digest = createHash("sha256").update(fs.readFileSync(file)).digest("hex");
  fs.appendFileSync(file, `// ${digest}`);
}

esbuild
  .build({
    entryPoints: {
      program: path.join(root, "src", "main.ts"),
      server: path.join(root, "src", "server", "run-server.ts"),
      sentinel: path.join(root, "src", "sentinel", "run-sentinel.ts"),
      check: path.join(root, "src", "check-main.ts"),
      "cached-module": path.join(root, "src", "cached-module.ts"),
      "snapshot-worker": path.join(root, "src", "server", "snapshot-worker.ts"),
    },
    outdir: dist,
    plugins: [rolesApart],
    bundle: true,
    platform: "node",
    target: "node20",
    packages: "external",
    minifySyntax: true,
    sourcemap: "linked",
    logLevel: "warning",
  })
  .then(() => Object.values(roles).forEach(mark))
  .catch(() => process.exit(1));
