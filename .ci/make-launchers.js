// Writes the four executable names of the program into dist/. The role follows from the name.
const fs = require("node:fs");
const path = require("node:path");

const dist = path.join(__dirname, "..", "dist");
const programs = {
  "redis-server": "program.js",
  "redis-sentinel": "program.js",
  "redis-check-rdb": "check.js",
  "redis-check-aof": "check.js",
};
for (const [name, program] of Object.entries(programs)) {
  const file = path.join(dist, name);
  fs.writeFileSync(
    file,
    `#!/usr/bin/env node\nrequire("./${program}").main(${JSON.stringify(name)});\n`,
  );
  fs.chmodSync(file, 0o755);
}
