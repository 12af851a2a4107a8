// The floors of the house (src/README.md): a room imports itself and lower floors, never upward and
// never a sibling on its own floor. An exception stands in `siblings`, with its reason.
const floors = [
  ["base"],
  ["native", "log", "config"],
  ["memory", "protocol"],
  ["structures", "rdb", "net"],
  ["command"],
  ["session"],
  ["process"],
  ["keyspace"],
  ["types"],
  ["persistence", "transactions", "scripting", "introspection"],
  ["replication"],
  ["server", "sentinel"],
];
const siblings = {};
// Views have no values of their own: their commands read and write the values of these types, and
// so import from them. No type knows its views, and no view another.
const views = {
  bitmap: ["string"],
  hyperloglog: ["string"],
  geo: ["zset"],
  sort: ["string", "list", "set", "zset", "hash"],
};
// A type reads values of another only where its commands combine both: ZUNION and its kin take sets.
const readers = { zset: ["set/set-reader"] };
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
  // Decisions are pure: time, chance and the world outside come to them as values.
  { name: "replication-decisions-are-pure", severity: "error",
    from: { path: "^src/replication/decisions/" },
    to: { pathNot: ["^src/replication/decisions/", "^src/(base|config)/"] } },
  { name: "sentinel-decisions-are-pure", severity: "error",
    from: { path: "^src/sentinel/(model|monitor|act)/" },
    to: { pathNot: ["^src/sentinel/(model|monitor|act)/", "^src/base/"] } },
  { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
  { name: "types-do-not-know-each-other", severity: "error",
    from: { path: "^src/types/([^/]+)/",
      pathNot: [...Object.keys(views), ...Object.keys(readers)].map((type) => `^src/types/${type}/`) },
    to: { path: "^src/types/([^/]+)/", pathNot: "^src/types/$1/" } },
  ...Object.entries(readers).map(([type, files]) => ({
    name: `${type}-knows-of-other-types-only-${files.join("-")}`, severity: "error",
    from: { path: `^src/types/${type}/` },
    to: { path: "^src/types/", pathNot: [`^src/types/${type}/`, ...files.map((file) => `^src/types/${file}\\.ts$`)] },
  })),
  ...Object.entries(views).map(([view, types]) => ({
    name: `${view}-is-a-view-of-${types.join("-")}`, severity: "error",
    from: { path: `^src/types/${view}/` },
    to: { path: "^src/types/", pathNot: `^src/types/(${[view, ...types].join("|")})/` },
  })),
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
