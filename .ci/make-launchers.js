// Writes the four executable names of the program into dist/. The role follows from the name.
const fs = require("node:fs");
const path = require("node:path");

const dist = path.join(__dirname, "..", "dist");
for (const name of ["redis-server", "redis-sentinel", "redis-check-rdb", "redis-check-aof"]) {
  const file = path.join(dist, name);
  fs.writeFileSync(
    file,
    `#!/usr/bin/env node\nrequire("./program.js").main(${JSON.stringify(name)});\n`,
  );
  fs.chmodSync(file, 0o755);
}
