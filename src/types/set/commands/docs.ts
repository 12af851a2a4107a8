import type { ArgumentDoc } from "../../../command/spec";

/** Arguments that most commands on sets have, as COMMAND DOCS tells them. */
export const KEY: ArgumentDoc = { name: "key", type: "key", keySpecIndex: 0 };
export const KEYS: ArgumentDoc = { ...KEY, flags: ["multiple"] };
export const MEMBER: ArgumentDoc = { name: "member", type: "string" };
export const MEMBERS: ArgumentDoc = { ...MEMBER, flags: ["multiple"] };
export const DESTINATION: ArgumentDoc = { name: "destination", type: "key", keySpecIndex: 0 };
/** The keys behind a destination. */
export const SOURCES: ArgumentDoc = { ...KEYS, keySpecIndex: 1 };
