/** Arguments and error texts that several SENTINEL subcommands share. */
import type { Call } from "../../command/call";
import type { Instance } from "../model/instance";
import type { SentinelControl } from "./sentinel-control";

export const ERR_NO_SUCH_MASTER = "ERR No such master with that name";
export const ERR_NOT_SAVED = "ERR Failed to save config file. Check server logs.";
/** Names, paths and passwords are no longer than this: they are kept in memory and in a file. */
const MAX_WORD_BYTES = 16_384;

/** The argument as byte text; undefined when it is too long to be of any use. */
export function wordAt({ args }: Call, index: number): string | undefined {
  return args.length(index) > MAX_WORD_BYTES ? undefined : args.text(index);
}

/** The master that an argument names; undefined after the error has been replied. */
export function masterAt(
  call: Call,
  index: number,
  { model }: SentinelControl,
): Instance | undefined {
  const name = wordAt(call, index);
  const master = name === undefined ? undefined : model.masters.get(name);
  if (master === undefined) call.reply.error(ERR_NO_SUCH_MASTER);
  return master;
}

/** After a change that was to be saved. */
export function replySaved({ reply }: Call, isSaved: boolean): void {
  if (isSaved) reply.ok();
  else reply.error(ERR_NOT_SAVED);
}
