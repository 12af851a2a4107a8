import { latin1Bytes } from "../../../base/bytes";
import type { CommandSpec } from "../../../command/spec";
import { isPlainWord, isTooLongName, takeClientName } from "../../client-name";
import type { SessionCall } from "../../session-call";

/** CLIENT ID, GETNAME, SETNAME, SETINFO, GETREDIR: what a client is called. */

const LIB_NAME = latin1Bytes("lib-name");
const LIB_VER = latin1Bytes("lib-ver");

function getName(call: SessionCall): void {
  const { client, reply } = call;
  if (client.name === "") reply.nil();
  else reply.bulkLatin1(client.name);
}

function setName(call: SessionCall): void {
  if (takeClientName(call, 2)) call.reply.ok();
}

function setInfo(call: SessionCall): void {
  const { args, client, reply } = call;
  const isName = args.is(2, LIB_NAME);
  if (!isName && !args.is(2, LIB_VER)) {
    reply.error(`ERR Unrecognized option '${args.shownText(2)}'`);
    return;
  }
  if (!isPlainWord(call, 3) || isTooLongName(call, 3)) {
    const option = args.shownText(2);
    reply.error(`ERR ${option} cannot contain spaces, newlines or special characters.`);
    return;
  }
  if (isName) client.libraryName = args.text(3);
  else client.libraryVersion = args.text(3);
  reply.ok();
}

/** -1 for a client that tracks no keys, 0 for one that is told itself. */
function getRedirection({ client, reply }: SessionCall): void {
  reply.integer(client.tracking === 0 ? -1 : client.redirectId);
}

export const identityCommands: readonly CommandSpec<SessionCall>[] = [
  {
    name: "id",
    arity: 2,
    flags: ["noscript", "loading", "stale"],
    group: "connection",
    since: "5.0.0",
    summary: "Gives the id of the connection.",
    complexity: "O(1)",
    categories: ["connection"],
    handler: (call) => call.reply.integer(call.client.id),
  },
  {
    name: "getname",
    arity: 2,
    flags: ["noscript", "loading", "stale"],
    group: "connection",
    since: "2.6.9",
    summary: "Gives the name of the connection.",
    complexity: "O(1)",
    categories: ["connection"],
    handler: getName,
  },
  {
    name: "setname",
    arity: 3,
    flags: ["noscript", "loading", "stale"],
    group: "connection",
    since: "2.6.9",
    summary: "Names the connection.",
    complexity: "O(1)",
    categories: ["connection"],
    arguments: [{ name: "connection-name", type: "string" }],
    handler: setName,
  },
  {
    name: "setinfo",
    arity: 4,
    flags: ["noscript", "loading", "stale"],
    group: "connection",
    since: "7.2.0",
    summary: "Tells which client library, or which version of it, the connection uses.",
    complexity: "O(1)",
    categories: ["connection"],
    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
    arguments: [
      {
        name: "attr",
        type: "oneof",
        arguments: [
          { name: "libname", type: "string", token: "LIB-NAME" },
          { name: "libver", type: "string", token: "LIB-VER" },
        ],
      },
    ],
    handler: setInfo,
  },
  {
    name: "getredir",
    arity: 2,
    flags: ["noscript", "loading", "stale"],
    group: "connection",
    since: "6.0.0",
    summary: "Gives the id of the client that invalidations are redirected to.",
    complexity: "O(1)",
    categories: ["connection"],
    handler: getRedirection,
  },
];
