import { EVENT_SET } from "../../../config/keyspace-events";
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
  call.deleteEvenExpired(1);
  call.reply.integer(0);
}
