import { latin1Bytes } from "../../base/bytes";
import { ERR_NOT_INTEGER, ERR_SYNTAX } from "../../command/error-texts";
import type { DataCall } from "../../keyspace/data-call";

const ASC = latin1Bytes("asc");
const DESC = latin1Bytes("desc");
const ALPHA = latin1Bytes("alpha");
export const LIMIT = latin1Bytes("limit");
export const STORE = latin1Bytes("store");
export const BY = latin1Bytes("by");
export const GET = latin1Bytes("get");

/** The options of SORT and SORT_RO. Arguments are named by their index. */
export class SortArguments {
  isDescending = false;
  isAlpha = false;
  start = 0;
  /** Negative: all. */
  count = -1;
  /** 0: by the elements themselves. */
  byIndex = 0;
  /** 0: the result is replied. */
  storeIndex = 0;
  readonly getIndices: number[] = [];

  /** False when the error is written. */
  read(call: DataCall, mayStore: boolean): boolean {
    const { args, reply } = call;
    for (let index = 2; index < args.count; ) {
      const behind = args.count - index - 1;
      let taken = 1;
      if (args.is(index, ASC)) this.isDescending = false;
      else if (args.is(index, DESC)) this.isDescending = true;
      else if (args.is(index, ALPHA)) this.isAlpha = true;
      else if (behind >= 2 && args.is(index, LIMIT)) {
        if (!this.#readLimit(call, index + 1)) return false;
        taken = 3;
      } else if (behind >= 1 && this.#readOperand(call, index, mayStore)) taken = 2;
      else {
        reply.error(ERR_SYNTAX);
        return false;
      }
      index += taken;
    }
    return true;
  }

  #readOperand({ args }: DataCall, index: number, mayStore: boolean): boolean {
    if (mayStore && args.is(index, STORE)) this.storeIndex = index + 1;
    else if (args.is(index, BY)) this.byIndex = index + 1;
    else if (args.is(index, GET)) this.getIndices.push(index + 1);
    else return false;
    return true;
  }

  #readLimit({ args, reply }: DataCall, index: number): boolean {
    this.start = args.clampedInteger(index);
    this.count = args.clampedInteger(index + 1);
    if (!Number.isNaN(this.start) && !Number.isNaN(this.count)) return true;
    reply.error(ERR_NOT_INTEGER);
    return false;
  }
}
