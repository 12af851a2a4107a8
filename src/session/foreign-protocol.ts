import { latin1Bytes } from "../base/bytes";
import type { SessionCall } from "./session-call";
import type { SessionContext } from "./session-context";

const POST = latin1Bytes("post");
const HOST = latin1Bytes("host:");

/**
 * Asked about a name that no command has: an HTTP request that a browser was talked into sending
 * here shows itself by POST or Host:. Its connection is closed at once, before what stands in its
 * body is run as commands. True when it was one.
 */
export function rejectsForeignProtocol(session: SessionContext, call: SessionCall): boolean {
  const { args, client, nowMs } = call;
  if (!args.is(0, POST) && !args.is(0, HOST)) return false;
  session.door.crossProtocol(client, nowMs);
  return true;
}
