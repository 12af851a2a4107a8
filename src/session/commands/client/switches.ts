import { latin1Bytes } from "../../../base/bytes";
import { ERR_SYNTAX } from "../../../command/error-texts";
import type { ArgumentDoc, CommandSpec } from "../../../command/spec";
import type { SessionCall } from "../../session-call";

/** CLIENT NO-EVICT and NO-TOUCH: what the server must not do for this client. */

const ON = latin1Bytes("on");
const OFF = latin1Bytes("off");

const ENABLED: readonly ArgumentDoc[] = [
  {
    name: "enabled",
    type: "oneof",
    arguments: [
      { name: "on", type: "pure-token", token: "ON" },
      { name: "off", type: "pure-token", token: "OFF" },
    ],
  },
];

/** The switch in argument 2; undefined when it is neither ON nor OFF (the error is written). */
function readSwitch(call: SessionCall): boolean | undefined {
  const { args, reply } = call;
  if (args.is(2, ON)) return true;
  if (args.is(2, OFF)) return false;
  reply.error(ERR_SYNTAX);
  return undefined;
}

function noEvict(call: SessionCall): void {
  const on = readSwitch(call);
  if (on === undefined) return;
  call.client.noEvict = on;
  call.reply.ok();
}

function noTouch(call: SessionCall): void {
  const on = readSwitch(call);
  if (on === undefined) return;
  call.client.noTouch = on;
  call.reply.ok();
}

export const switchCommands: readonly CommandSpec<SessionCall>[] = [
  {
    name: "no-evict",
    arity: 3,
    flags: ["admin", "noscript", "loading", "stale"],
    group: "connection",
    since: "7.0.0",
    summary: "Keeps the connection when clients take too much memory.",
    complexity: "O(1)",
    categories: ["connection"],
    arguments: ENABLED,
    handler: noEvict,
  },
  {
    name: "no-touch",
    arity: 3,
    flags: ["noscript", "loading", "stale"],
    group: "connection",
    since: "7.2.0",
    summary: "Lets the connection read keys without changing when they were used last.",
    complexity: "O(1)",
    categories: ["connection"],
    arguments: ENABLED,
    handler: noTouch,
  },
];
