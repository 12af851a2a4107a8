import type { ArgumentDoc } from "../../../command/spec";

/** Arguments that most string commands have, as COMMAND DOCS tells them. */
export const KEY: ArgumentDoc = { name: "key", type: "key", keySpecIndex: 0 };
export const VALUE: ArgumentDoc = { name: "value", type: "string" };

/** One time to live with its option word; `since` where it is younger than its command. */
export function timeOption(token: string, since?: string): ArgumentDoc {
  const names = { EX: "seconds", PX: "milliseconds", EXAT: "unix-time-seconds" };
  const name = names[token as keyof typeof names] ?? "unix-time-milliseconds";
  const type = token.endsWith("AT") ? "unix-time" : "integer";
  return since === undefined ? { name, type, token } : { name, type, token, since };
}
