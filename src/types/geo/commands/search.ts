import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import type { GeoSearch } from "../geo-search";
import { BY, count, FROM, KEY, ORDER, STORE_DISTANCE, WITH_OPTIONS } from "./docs";

/** GEOSEARCH and GEOSEARCHSTORE. */

const COMMON = {
  group: "geo",
  since: "6.2.0",
  complexity:
    "O(N+log(M)) where N is the number of members in the parts of the map that the shape reaches " +
    "into, and M that of all.",
  history: [
    ["7.0.0", "Took units in capitals."],
    ["9.0.0", "Took BYPOLYGON."],
  ],
} as const;

const asked = () => true;

export function searchCommands(search: GeoSearch): readonly CommandSpec<DataCall>[] {
  const form = { isSearch: true, mayStore: false, sourceIndex: 1, optionsIndex: 2 };
  const storing = { ...form, sourceIndex: 2, optionsIndex: 3, destinationIndex: 1 };
  return [
    {
      ...COMMON,
      name: "geosearch",
      arity: -7,
      flags: ["readonly"],
      summary: "Finds the members within a circle, a rectangle or a polygon.",
      keys: [keyAt(1, "RO", "access")],
      arguments: [KEY, FROM, BY, ORDER, count(), ...WITH_OPTIONS],
      handler: (call) => search.run(call, { ...form, destinationIndex: 0 }, asked),
    },
    {
      ...COMMON,
      name: "geosearchstore",
      arity: -8,
      flags: ["write", "denyoom"],
      summary: "Finds the members within a shape and stores them under another key.",
      keys: [keyAt(1, "OW", "update"), keyAt(2, "RO", "access")],
      arguments: [
        { name: "destination", type: "key", keySpecIndex: 0 },
        { name: "source", type: "key", keySpecIndex: 1 },
        FROM,
        BY,
        ORDER,
        count(),
        STORE_DISTANCE,
      ],
      handler: (call) => search.run(call, storing, asked),
    },
  ];
}
