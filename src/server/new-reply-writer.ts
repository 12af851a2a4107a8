import { COMMAND_WRITE } from "../command/command";
import type { DataCall } from "../keyspace/data-call";
import type { Transport } from "../net/transport";
import { ReplyWriter } from "../protocol/reply-writer";

/**
 * The writer of replies. Those of a long turn leave before its end, but never before what they tell
 * of is passed on: a command that writes passes it on when it is over, so until then its replies
 * only move.
 */
export function newReplyWriter(transport: Transport, call: () => DataCall): ReplyWriter {
  const { output, runs } = transport.memory;
  return new ReplyWriter(output, runs, (count) => {
    const { effects } = call();
    effects.drain();
    transport.flush(count, effects.isOn && isEffectToCome(call()));
  });
}

/** There is no command before the first, while connections are refused. */
function isEffectToCome(call: DataCall): boolean {
  const { command, effects } = call;
  if (effects.isAmidUnit) return true;
  return command !== undefined && (call.effectiveFlags & COMMAND_WRITE) !== 0;
}
