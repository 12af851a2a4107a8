import type { ArgumentDoc } from "../../../command/spec";

/** Arguments that most hash commands have, as COMMAND DOCS tells them. */
export const KEY: ArgumentDoc = { name: "key", type: "key", keySpecIndex: 0 };
export const FIELD: ArgumentDoc = { name: "field", type: "string" };
export const FIELDS: ArgumentDoc = { ...FIELD, flags: ["multiple"] };
export const VALUE: ArgumentDoc = { name: "value", type: "string" };
export const FIELD_VALUES: ArgumentDoc = {
  name: "field_value",
  type: "block",
  flags: ["multiple"],
  arguments: [FIELD, VALUE],
};
export const FIELD_BLOCK: ArgumentDoc = {
  name: "fields",
  type: "block",
  token: "FIELDS",
  arguments: [{ name: "numfields", type: "integer" }, FIELDS],
};
export const EXPIRATION_TIMES: readonly ArgumentDoc[] = [
  { name: "seconds", type: "integer", token: "EX" },
  { name: "milliseconds", type: "integer", token: "PX" },
  { name: "unix-time-seconds", type: "unix-time", token: "EXAT" },
  { name: "unix-time-milliseconds", type: "unix-time", token: "PXAT" },
];
