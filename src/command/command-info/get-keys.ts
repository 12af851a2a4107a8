import { Arguments } from "../arguments";
import type { Call } from "../call";
import type { CommandTable } from "../command-table";
import { KEY_FLAGS, KeyPositions } from "../key-positions";
import { replyStatuses } from "./info-reply";

/** COMMAND GETKEYS and GETKEYSANDFLAGS: the keys of a request that is given as arguments. */

const ERR_INVALID_COMMAND = "ERR Invalid command specified";
const ERR_NO_KEYS = "ERR The command has no key arguments";
const ERR_ARITY = "ERR Invalid number of arguments specified for command";
const ERR_ARGUMENTS = "ERR Invalid arguments specified for command";
/** Arguments before the request: COMMAND GETKEYS. */
const REQUEST_AT = 2;

export function replyKeys(call: Call, table: CommandTable<never>, showsFlags: boolean): void {
  const { reply } = call;
  const request = new Arguments(call.args.input, call.args.table);
  request.set(call.args.base + REQUEST_AT * 2, call.args.count - REQUEST_AT);
  const command = table.named(request);
  const found = new KeyPositions();
  if (command === undefined) {
    reply.error(ERR_INVALID_COMMAND);
  } else if (!command.keys.exist) {
    reply.error(ERR_NO_KEYS);
  } else if (request.count < command.minArguments || request.count > command.maxArguments) {
    reply.error(ERR_ARITY);
  } else {
    command.keys.find(request, found);
    const mayHaveNone = command.spec.flags.includes("no_mandatory_keys");
    if (found.count === 0 && !mayHaveNone) reply.error(ERR_ARGUMENTS);
    else replyFound(call, request, found, showsFlags);
  }
}

function replyFound(
  call: Call,
  request: Arguments,
  found: KeyPositions,
  showsFlags: boolean,
): void {
  const { reply } = call;
  reply.array(found.count);
  for (let n = 0; n < found.count; n++) {
    if (showsFlags) reply.array(2);
    const index = found.indexAt(n);
    reply.bulk(request.input, request.offset(index), request.length(index));
    if (!showsFlags) continue;
    const bits = found.flagsAt(n);
    replyStatuses(
      reply,
      KEY_FLAGS.filter((_, place) => (bits & (1 << place)) !== 0),
    );
  }
}
