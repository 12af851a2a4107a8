import { latin1Bytes } from "../../../base/bytes";
import { ERR_SYNTAX } from "../../../command/error-texts";
import type { KeySpec } from "../../../command/key-spec";
import type { ArgumentDoc } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { KEYS } from "./docs";

/** The arguments of SINTERCARD, SUNIONCARD and SDIFFCARD: numkeys key ... [LIMIT n]. */

const LIMIT = latin1Bytes("limit");
const ERR_NUMKEYS = "ERR numkeys should be greater than 0";
const ERR_TOO_MANY_KEYS = "ERR Number of keys can't be greater than number of args";
const ERR_LIMIT = "ERR LIMIT can't be negative";

/** The first key is argument 2. */
export const FIRST_CARD_KEY = 2;

export const CARD_KEYS: KeySpec = {
  flags: ["RO", "access"],
  begin: { index: 1 },
  find: { keynumAt: 0, firstKey: 1, step: 1 },
};

export const CARD_ARGUMENTS: readonly ArgumentDoc[] = [
  { name: "numkeys", type: "integer" },
  KEYS,
  { name: "limit", type: "integer", token: "LIMIT", flags: ["optional"] },
];

/** How many keys there are, NaN when the arguments do not tell (the error is written). */
export function readKeyCount({ args, reply }: DataCall): number {
  const keys = args.clampedInteger(1);
  if (keys >= 1 && keys <= args.count - FIRST_CARD_KEY) return keys;
  reply.error(keys >= 1 ? ERR_TOO_MANY_KEYS : ERR_NUMKEYS);
  return Number.NaN;
}

/** Where counting ends: Infinity without a limit, NaN when it is wrong (the error is written). */
export function readCardLimit({ args, reply }: DataCall, keys: number): number {
  let limit = 0;
  for (let i = FIRST_CARD_KEY + keys; i < args.count; i += 2) {
    if (i + 1 >= args.count || !args.is(i, LIMIT)) {
      reply.error(ERR_SYNTAX);
      return Number.NaN;
    }
    limit = args.clampedInteger(i + 1);
    if (!(limit >= 0)) {
      reply.error(ERR_LIMIT);
      return Number.NaN;
    }
  }
  return limit === 0 ? Number.POSITIVE_INFINITY : limit;
}
