import type { ArgumentDoc } from "../../../command/spec";

/** The key as COMMAND DOCS tells it. */
export const KEY: ArgumentDoc = { name: "key", type: "key", keySpecIndex: 0 };
