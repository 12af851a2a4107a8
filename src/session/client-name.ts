import type { SessionCall } from "./session-call";

/**
 * Names that clients give themselves. They stand between spaces in CLIENT LIST, so they hold
 * printable ASCII without spaces and nothing else; they are repeated there and in the log, so they
 * have a length to keep to.
 */
const MOST_NAME_BYTES = 65_536;
const NAME_TOO_LONG = "ERR Client names cannot be longer than 65536 bytes.";
const NAME_ERROR = "ERR Client names cannot contain spaces, newlines or special characters.";

/** Gives the client the name in an argument; false when it is none (the error is written). */
export function takeClientName(call: SessionCall, index: number): boolean {
  if (!isPlainWord(call, index)) {
    call.reply.error(NAME_ERROR);
    return false;
  }
  if (isTooLongName(call, index)) {
    call.reply.error(NAME_TOO_LONG);
    return false;
  }
  call.client.name = call.args.text(index);
  return true;
}

/** Whether an argument is empty or all of printable ASCII without spaces. */
export function isPlainWord(call: SessionCall, index: number): boolean {
  const { input } = call.args;
  const at = call.args.offset(index);
  const end = at + call.args.length(index);
  for (let i = at; i < end; i++) {
    if (input[i] < 0x21 || input[i] > 0x7e) return false;
  }
  return true;
}

export function isTooLongName(call: SessionCall, index: number): boolean {
  return call.args.length(index) > MOST_NAME_BYTES;
}
