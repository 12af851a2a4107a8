import type { KeyFlag, KeySpec } from "../../../command/key-spec";
import type { ArgumentDoc } from "../../../command/spec";

/** Arguments that several stream commands have, as COMMAND DOCS tells them. */
export const KEY: ArgumentDoc = { name: "key", type: "key", keySpecIndex: 0 };
export const COUNT: ArgumentDoc = {
  name: "count",
  type: "integer",
  token: "COUNT",
  flags: ["optional"],
};
export const BLOCK: ArgumentDoc = {
  name: "milliseconds",
  type: "integer",
  token: "BLOCK",
  flags: ["optional"],
};
export const STREAMS: ArgumentDoc = {
  name: "streams",
  type: "block",
  token: "STREAMS",
  arguments: [
    { name: "key", type: "key", keySpecIndex: 0, flags: ["multiple"] },
    { name: "id", type: "string", flags: ["multiple"] },
  ],
};
export const GROUP: ArgumentDoc = { name: "group", type: "string" };
export const GROUP_NAME: ArgumentDoc = { name: "groupname", type: "string" };
export const IDS: ArgumentDoc = { name: "id", type: "string", flags: ["multiple"] };

/** MAXLEN and MINID, as XADD and XTRIM take them. */
export const TRIM: ArgumentDoc = {
  name: "trim",
  type: "block",
  arguments: [
    {
      name: "strategy",
      type: "oneof",
      arguments: [
        { name: "maxlen", type: "pure-token", token: "MAXLEN" },
        { name: "minid", type: "pure-token", token: "MINID", since: "6.2.0" },
      ],
    },
    {
      name: "operator",
      type: "oneof",
      flags: ["optional"],
      arguments: [
        { name: "equal", type: "pure-token", token: "=" },
        { name: "approximately", type: "pure-token", token: "~" },
      ],
    },
    { name: "threshold", type: "string" },
    { name: "count", type: "integer", token: "LIMIT", since: "6.2.0", flags: ["optional"] },
  ],
};

/** Keys behind STREAMS: the first half of what follows. */
export function streamKeys(startFrom: number): KeySpec {
  const flags: KeyFlag[] = ["RO", "access"];
  return {
    flags,
    begin: { keyword: "STREAMS", startFrom },
    find: { last: -1, step: 1, limit: 2 },
  };
}
