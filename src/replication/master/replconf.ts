import { latin1Bytes } from "../../base/bytes";
import { parseSafeInteger } from "../../base/int64";
import { ERR_NOT_INTEGER, ERR_SYNTAX } from "../../command/error-texts";
import type { CommandSpec } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import { KIND_REPLICA } from "../../session/client";
import { COMPRESSION_TAKEN } from "../decisions/handshake";
import type { MasterSide } from "./master-side";
import type { Greeting } from "./replica";

const LZ4 = latin1Bytes("lz4");
/** As long as a name of a host may be, and its end. */
const MOST_ADDRESS_BYTES = 1025;

/**
 * REPLCONF: what a replica tells of itself before and after it asks for the data. What a master asks
 * by it is answered by the link to the master.
 */
export function replconfCommand(master: MasterSide): CommandSpec<DataCall> {
  return {
    name: "replconf",
    isSystem: true,
    arity: -1,
    flags: ["admin", "noscript", "loading", "stale", "allow_busy"],
    group: "server",
    since: "3.0.0",
    summary: "Tells a master about its replica, or asks a replica how far it is.",
    complexity: "O(1)",
    handler: (call) => replconf(call, master),
  };
}

function replconf(call: DataCall, master: MasterSide): void {
  const { args, reply, client } = call;
  if (args.count % 2 === 0) {
    reply.error(ERR_SYNTAX);
    return;
  }
  let isCompressing = false;
  for (let i = 1; i < args.count; i += 2) {
    const option = args.text(i).toLowerCase();
    if (option === "ack") {
      const offset = args.clampedInteger(i + 1);
      if (client.kind === KIND_REPLICA && !Number.isNaN(offset)) {
        const hasFile = args.count > i + 3 && args.text(i + 2).toLowerCase() === "fack";
        master.acknowledged(client, offset, hasFile ? args.clampedInteger(i + 3) : -1);
      }
      return;
    }
    if (option === "getack") return;
    const greeting = master.replicas.greetingOf(client);
    const problem = introduce(greeting, option, call, i + 1);
    if (problem !== undefined) {
      reply.error(problem);
      return;
    }
    if (option === "capa" && args.is(i + 1, LZ4) && master.takesCompression()) {
      greeting.isCompressed = true;
      isCompressing = true;
    }
  }
  // Any other answer than OK to who has not offered it would be a surprise.
  if (isCompressing) reply.statusText(COMPRESSION_TAKEN.slice(1));
  else reply.ok();
}

/** Returns an error, or undefined when the option has been taken. */
function introduce(
  greeting: Greeting,
  option: string,
  { args }: DataCall,
  index: number,
): string | undefined {
  const value = args.text(index);
  switch (option) {
    case "listening-port":
    case "rdb-only": {
      const number = parseSafeInteger(args.input, args.offset(index), args.length(index));
      if (Number.isNaN(number)) return ERR_NOT_INTEGER;
      if (option === "listening-port") greeting.port = number;
      else greeting.wantsFileOnly = number === 1;
      return undefined;
    }
    case "ip-address":
      if (value.length >= MOST_ADDRESS_BYTES) {
        return (
          "ERR REPLCONF ip-address provided by replica instance is too long: " +
          `${value.length} bytes`
        );
      }
      greeting.address = value;
      return undefined;
    case "capa": {
      const name = value.toLowerCase();
      if (name === "eof") greeting.capabilities = { ...greeting.capabilities, eof: true };
      if (name === "psync2") greeting.capabilities = { ...greeting.capabilities, psync2: true };
      return undefined;
    }
    case "version":
      greeting.version = value;
      return undefined;
    case "rdb-filter-only":
      return filterOnly(greeting, value);
    default:
      return `ERR Unrecognized REPLCONF option: ${args.shownText(index - 1)}`;
  }
}

/** Names of what is wanted of the data set, between spaces; only functions can be parted from it. */
function filterOnly(greeting: Greeting, value: string): string | undefined {
  greeting.filter = "";
  for (const word of value.split(" ").filter((one) => one !== "")) {
    if (word.toLowerCase() !== "functions") {
      return `ERR Unsupported rdb-filter-only option: ${word}`;
    }
    greeting.filter = "functions";
  }
  return undefined;
}
