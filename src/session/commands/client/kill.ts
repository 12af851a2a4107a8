import { latin1Bytes } from "../../../base/bytes";
import { ERR_SYNTAX } from "../../../command/error-texts";
import type { CommandSpec } from "../../../command/spec";
import type { Client } from "../../client";
import { type ClientType, clientTypeNamed, clientTypeOf } from "../../client-type";
import type { SessionCall } from "../../session-call";
import type { SessionContext } from "../../session-context";
import { KILL_ARGUMENTS } from "./kill-arguments";

/** CLIENT KILL: by address as in old times, or by filters that must all apply. */

interface Filters {
  id?: number;
  address?: string;
  localAddress?: string;
  type?: ClientType;
  user?: string;
  ageSeconds?: number;
  skipsMe: boolean;
}

/** Reads the value of a filter at an index; returns an error text when it is wrong. */
type FilterReader = (
  call: SessionCall,
  index: number,
  filters: Filters,
  session: SessionContext,
) => string | undefined;

const YES = latin1Bytes("yes");
const NO = latin1Bytes("no");

const READERS: readonly (readonly [name: Uint8Array, reader: FilterReader])[] = [
  [latin1Bytes("id"), readId],
  [latin1Bytes("type"), readType],
  [latin1Bytes("addr"), readAddress],
  [latin1Bytes("laddr"), readLocalAddress],
  [latin1Bytes("user"), readUser],
  [latin1Bytes("maxage"), readAge],
  [latin1Bytes("skipme"), readSkipMe],
];

function readId(call: SessionCall, index: number, filters: Filters): string | undefined {
  const id = call.args.clampedInteger(index);
  if (!(id > 0)) return "ERR client-id should be greater than 0";
  filters.id = id;
  return undefined;
}

function readType(call: SessionCall, index: number, filters: Filters): string | undefined {
  const word = call.args.shownText(index);
  const type = clientTypeNamed(word);
  if (type === undefined) return `ERR Unknown client type '${word}'`;
  filters.type = type;
  return undefined;
}

function readAddress(call: SessionCall, index: number, filters: Filters): undefined {
  filters.address = call.args.shownText(index);
}

function readLocalAddress(call: SessionCall, index: number, filters: Filters): undefined {
  filters.localAddress = call.args.shownText(index);
}

function readUser(
  call: SessionCall,
  index: number,
  filters: Filters,
  session: SessionContext,
): string | undefined {
  const name = call.args.shownText(index);
  if (!session.authentication.credentials.hasUser(name)) return `ERR No such user '${name}'`;
  filters.user = name;
  return undefined;
}

function readAge(call: SessionCall, index: number, filters: Filters): string | undefined {
  const seconds = call.args.clampedInteger(index);
  if (Number.isNaN(seconds)) return "ERR maxage is not an integer or out of range";
  if (seconds <= 0) return "ERR maxage should be greater than 0";
  filters.ageSeconds = seconds;
  return undefined;
}

function readSkipMe(call: SessionCall, index: number, filters: Filters): string | undefined {
  const { args } = call;
  if (!args.is(index, YES) && !args.is(index, NO)) return ERR_SYNTAX;
  filters.skipsMe = args.is(index, YES);
  return undefined;
}

/** All filters behind the subcommand, or the error text. */
function readFilters(call: SessionCall, session: SessionContext): Filters | string {
  const { args } = call;
  const filters: Filters = { skipsMe: true };
  for (let index = 2; index < args.count; index += 2) {
    const known = READERS.find(([name]) => args.is(index, name));
    if (known === undefined || index + 1 >= args.count) return ERR_SYNTAX;
    const problem = known[1](call, index + 1, filters, session);
    if (problem !== undefined) return problem;
  }
  return filters;
}

function isMeant(client: Client, call: SessionCall, filters: Filters): boolean {
  const { id, address, localAddress, type, user, ageSeconds, skipsMe } = filters;
  if (address !== undefined && client.address.remote !== address) return false;
  if (localAddress !== undefined && client.address.local !== localAddress) return false;
  if (type !== undefined && clientTypeOf(client) !== type) return false;
  if (id !== undefined && client.id !== id) return false;
  if (user !== undefined && client.userName !== user) return false;
  const ageMs = call.nowMs - client.createdMs;
  if (ageSeconds !== undefined && ageMs < ageSeconds * 1000) return false;
  return !(skipsMe && client === call.client);
}

/** Closes them; the one that asks still gets its reply. Returns how many there were. */
function killMeant(call: SessionCall, filters: Filters): number {
  const { clients } = call;
  const meant = [...clients.all()].filter((client) => isMeant(client, call, filters));
  for (const client of meant) {
    if (client === call.client) clients.closeAfterReply(client);
    else clients.close(client);
  }
  return meant.length;
}

function kill(call: SessionCall, session: SessionContext): void {
  const { args, reply } = call;
  if (args.count === 3) {
    const killed = killMeant(call, { address: args.shownText(2), skipsMe: false });
    if (killed > 0) reply.ok();
    else reply.error("ERR No such client");
    return;
  }
  const filters = readFilters(call, session);
  if (typeof filters === "string") reply.error(filters);
  else reply.integer(killMeant(call, filters));
}

export function killCommands(session: SessionContext): readonly CommandSpec<SessionCall>[] {
  return [
    {
      name: "kill",
      arity: -3,
      flags: ["admin", "noscript", "loading", "stale"],
      group: "connection",
      since: "2.4.0",
      summary: "Closes connections.",
      complexity: "O(N) where N is the number of client connections",
      categories: ["connection"],
      history: [
        ["2.8.12", "Added new filter format."],
        ["2.8.12", "`ID` option."],
        ["3.2.0", "Added `master` type in for `TYPE` option."],
        [
          "5.0.0",
          "Replaced `slave` `TYPE` with `replica`. `slave` still supported for backward " +
            "compatibility.",
        ],
        ["6.2.0", "`LADDR` option."],
        ["7.4.0", "`MAXAGE` option."],
      ],
      arguments: KILL_ARGUMENTS,
      handler: (call) => kill(call, session),
    },
  ];
}
