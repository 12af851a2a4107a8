import { EVENT_GENERIC, EVENT_SET } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_SET } from "../../../keyspace/entry";
import type { SetValue } from "../set-value";

/** What SINTERSTORE, SUNIONSTORE and SDIFFSTORE do with argument 1 in the end. */

/** Stores a result under argument 1 and replies its size; an empty one is thrown away. */
export function storeResult(call: DataCall, result: SetValue, event: string): void {
  const { size } = result;
  if (size === 0) {
    result.dispose();
    storeNothing(call);
    return;
  }
  result.trim();
  call.replaceValue(1, TYPE_SET, result.encoding, result.ref);
  call.changed(1, EVENT_SET, event);
  call.reply.integer(size);
}

/** Deletes argument 1, an expired key too, because the result has no members. */
export function storeNothing(call: DataCall): void {
  const { args, db } = call;
  const found = db.find(call.hash(1), args.input, args.offset(1), args.length(1));
  if (found !== 0) {
    db.deleteFound(found);
    call.changed(1, EVENT_GENERIC, "del");
  }
  call.reply.integer(0);
}
