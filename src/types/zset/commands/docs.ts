import type { ArgumentDoc } from "../../../command/spec";

/** Arguments that several commands on sorted sets have, as COMMAND DOCS tells them. */
export const KEY: ArgumentDoc = { name: "key", type: "key", keySpecIndex: 0 };
export const MEMBER: ArgumentDoc = { name: "member", type: "string" };
export const WITH_SCORES: ArgumentDoc = {
  name: "withscores",
  type: "pure-token",
  token: "WITHSCORES",
  flags: ["optional"],
};

export function option(token: string, since?: string): ArgumentDoc {
  const name = token.toLowerCase();
  return since === undefined
    ? { name, type: "pure-token", token }
    : { name, type: "pure-token", token, since };
}
