import type { ArgumentDoc } from "../../../command/spec";

/** Arguments that most commands on sets have, as COMMAND DOCS tells them. */
export const KEY: ArgumentDoc = { name: "key", type: "key", keySpecIndex: 0 };
export const MEMBER: ArgumentDoc = { name: "member", type: "string" };
export const MEMBERS: ArgumentDoc = { ...MEMBER, flags: ["multiple"] };
