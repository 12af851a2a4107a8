import { latin1Bytes } from "../../../base/bytes";
import type { Arguments } from "../../../command/arguments";
import type { ArgumentDoc } from "../../../command/spec";
import { END_FIRST, END_LAST } from "../list-room";

/** Arguments that several list commands have: how COMMAND DOCS tells them, and how they are read. */

export const KEY: ArgumentDoc = { name: "key", type: "key", keySpecIndex: 0 };
export const ELEMENT: ArgumentDoc = { name: "element", type: "string" };
export const ELEMENTS: ArgumentDoc = { ...ELEMENT, flags: ["multiple"] };
export const SOURCE: ArgumentDoc = { name: "source", type: "key", keySpecIndex: 0 };
export const DESTINATION: ArgumentDoc = { name: "destination", type: "key", keySpecIndex: 1 };
export const KEYS: ArgumentDoc = { ...KEY, flags: ["multiple"] };
export const COUNT: ArgumentDoc = {
  name: "count",
  type: "integer",
  token: "COUNT",
  flags: ["optional"],
};

export const TIMEOUT: ArgumentDoc = { name: "timeout", type: "double" };

/** The choice of an end of a list. */
export function endOf(name: string): ArgumentDoc {
  return {
    name,
    type: "oneof",
    arguments: [
      { name: "left", type: "pure-token", token: "LEFT" },
      { name: "right", type: "pure-token", token: "RIGHT" },
    ],
  };
}

export const COUNT_WORD = latin1Bytes("count");
const LEFT = latin1Bytes("left");
const RIGHT = latin1Bytes("right");

/** The end that an argument names, or -1 when it names none. */
export function readEnd(args: Arguments, index: number): number {
  if (args.is(index, LEFT)) return END_FIRST;
  return args.is(index, RIGHT) ? END_LAST : -1;
}
