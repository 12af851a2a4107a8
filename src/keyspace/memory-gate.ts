import type { Arguments } from "../command/arguments";
import { COMMAND_DENYOOM } from "../command/command";
import { ERR_OUT_OF_MEMORY } from "../command/error-texts";
import type { Gate } from "../command/pipeline";
import type { DataCall } from "./data-call";
import { type Eviction, ROOM_NONE } from "./eviction";

/**
 * The gate that keeps memory below maxmemory. It stands open unless there is a limit (the server
 * raises it then), frees before every command, and refuses those that need memory when nothing can
 * be freed.
 */
export const MEMORY_GATE = "memory";

export function memoryGate(eviction: Eviction): Gate<DataCall> {
  return {
    name: MEMORY_GATE,
    appliesTo: () => true,
    stops: (call) => {
      const needsMemory = isQueueing(call) || (call.effectiveFlags & COMMAND_DENYOOM) !== 0;
      const room = eviction.makeRoom(needsMemory ? requestBytes(call.args) : 0);
      if (room !== ROOM_NONE || !needsMemory) return false;
      call.reply.error(ERR_OUT_OF_MEMORY);
      return true;
    },
  };
}

/** Whatever is queued takes memory until EXEC, and MULTI and WATCH are treated alike. */
function isQueueing({ client, command }: DataCall): boolean {
  if (client.queued < 0) return false;
  const { inTransaction } = command.spec;
  return inTransaction === undefined || inTransaction === "refused";
}

/** What a command may add at least: the bytes of its arguments, which lie in a row. */
function requestBytes(args: Arguments): number {
  const last = args.count - 1;
  return args.offset(last) + args.length(last) - args.offset(0);
}
