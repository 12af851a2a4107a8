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
