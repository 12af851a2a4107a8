import type { Call } from "../command/call";
import { ERR_DB_INDEX, ERR_NOT_INTEGER } from "../command/error-texts";
import type { DataCall } from "./data-call";
import type { Database } from "./database";

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;
const ERR_NOT_INT32 = `ERR value is out of range, value must between ${INT32_MIN} and ${INT32_MAX}`;

/** An argument that Redis keeps in an int, or NaN (the error is written). */
export function readInt32(call: Call, index: number): number {
  const value = call.args.clampedInteger(index);
  if (value >= INT32_MIN && value <= INT32_MAX) return value;
  call.reply.error(Number.isNaN(value) ? ERR_NOT_INTEGER : ERR_NOT_INT32);
  return Number.NaN;
}

/** The database that an argument names, or undefined (the error is written). */
export function readDatabase(call: DataCall, index: number): Database | undefined {
  const number = readInt32(call, index);
  if (Number.isNaN(number)) return undefined;
  const database = call.keyspace.databases[number];
  if (database === undefined) call.reply.error(ERR_DB_INDEX);
  return database;
}
