// The floors of the house (src/README.md): a room imports itself and lower floors, never upward and
// never a sibling on its own floor. An exception stands in `siblings`, with its reason.
const floors = [
  ["base"],
  ["native", "log", "config"],
  ["memory", "protocol"],
  ["structures", "rdb", "net"],
  ["command"],
  ["session"],
  ["keyspace"],
  ["types"],
  ["persistence", "transactions", "scripting", "introspection"],
  ["replication"],
  ["server", "sentinel"],
];
const siblings = {};
const dataWing = ["keyspace", "types", "persistence", "transactions", "scripting", "introspection",
  "replication", "server"];

const rules = [];
floors.forEach((rooms, floor) => {
  const above = floors.slice(floor + 1).flat();
  for (const room of rooms) {
    const allowedSiblings = siblings[room] ?? [];
    const forbidden = [...above, ...rooms.filter((r) => r !== room && !allowedSiblings.includes(r))];
    if (forbidden.length === 0) continue;
    rules.push({
      name: `${room}-imports-lower-floors-only`,
      severity: "error",
      from: { path: `^src/${room}/` },
      to: { path: `^src/(${forbidden.join("|")})/` },
    });
  }
});
rules.push(
  { name: "sentinel-knows-no-data-wing", severity: "error",
    from: { path: "^src/sentinel/" }, to: { path: `^src/(${dataWing.join("|")})/` } },
  { name: "nobody-imports-main", severity: "error", from: {}, to: { path: "^src/main\\.ts$" } },
  { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
  { name: "types-do-not-know-each-other", severity: "error",
    from: { path: "^src/types/([^/]+)/" },
    to: { path: "^src/types/([^/]+)/", pathNot: "^src/types/($1|bitmap|hyperloglog|geo|sort)/" } },
);

module.exports = {
  forbidden: rules,
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    parser: "swc",
    enhancedResolveOptions: { extensions: [".ts", ".js"] },
  },
};
