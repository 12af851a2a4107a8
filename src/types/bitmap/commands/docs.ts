import type { ArgumentDoc } from "../../../command/spec";

/** Arguments that several bitmap commands have, as COMMAND DOCS tells them. */
export const KEY: ArgumentDoc = { name: "key", type: "key", keySpecIndex: 0 };
export const OFFSET: ArgumentDoc = { name: "offset", type: "integer" };
export const START: ArgumentDoc = { name: "start", type: "integer" };
export const END: ArgumentDoc = { name: "end", type: "integer" };
export const UNIT: ArgumentDoc = {
  name: "index_unit",
  type: "oneof",
  since: "7.0.0",
  flags: ["optional"],
  arguments: [
    { name: "byte", type: "pure-token", token: "BYTE" },
    { name: "bit", type: "pure-token", token: "BIT" },
  ],
};
