import { globMatch } from "../../../base/glob";
import { ERR_NO_SUCH_KEY, errSubcommandSyntax } from "../../../command/error-texts";
import { replyHelp } from "../../../command/help-reply";
import type { CommandSpec } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import type { ExpireCycle } from "../../../keyspace/expire-cycle";
import { isLocal } from "../../../session/local-address";
import type { SessionContext } from "../../../session/session-context";
import type { ListLimits } from "../../../types/list/list-limits";
import type { PersistenceService } from "../../persistence-service";
import type { ReplicationService } from "../../replication-service";
import { DatasetDigest } from "./dataset-digest";
import { DEBUG_HELP, NOT_HERE } from "./help-lines";
import { printListpack, printQuicklist, quicklistFields, setPackedThreshold } from "./list-debug";
import { objectLine } from "./object-line";
import { populate } from "./populate";
import { replySample } from "./protocol-samples";
import { loadAof, reload } from "./reload";
import { tableStats } from "./table-stats";

export interface DebugCommandParts {
  readonly session: SessionContext;
  readonly expireCycle: ExpireCycle;
  readonly listLimits: ListLimits;
  readonly persistence: PersistenceService;
  readonly replication: Pick<ReplicationService, "changeId" | "replicate">;
}

/** A subcommand with the number of its arguments, `DEBUG` and its name included. */
interface Subcommand {
  readonly least: number;
  readonly most: number;
  readonly run: (call: DataCall) => void;
}

const MANY = Number.MAX_SAFE_INTEGER;
const NOT_ALLOWED =
  'ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", you can ' +
  "run it from a local connection, otherwise you need to set this option in the configuration " +
  "file, and then restart the server.";
const ERR_NOT_POSITIVE = "ERR value is out of range, must be positive";

/**
 * DEBUG: what tests and the curious ask a server for, and ways to break it on purpose. Refused
 * unless `enable-debug-command` allows it.
 *
 * It is no container of subcommands for COMMAND, as in Redis: its words have no rows of their own.
 */
export function debugCommands(parts: DebugCommandParts): readonly CommandSpec<DataCall>[] {
  const subcommands = subcommandTable(parts);
  const permission = parts.session.config.value("enable-debug-command");
  const handler = (call: DataCall): void => {
    const { args, reply, client } = call;
    const allowed = permission === "yes" || (permission === "local" && isLocal(client.address));
    if (!allowed) {
      reply.error(NOT_ALLOWED);
      return;
    }
    const subcommand = subcommands.get(args.text(1).toLowerCase());
    const fits =
      subcommand !== undefined && args.count >= subcommand.least && args.count <= subcommand.most;
    if (fits) subcommand.run(call);
    else reply.error(errSubcommandSyntax(args.shownText(1), "debug"));
  };
  return [
    {
      name: "debug",
      arity: -2,
      flags: ["admin", "noscript", "loading", "stale"],
      group: "server",
      since: "1.0.0",
      summary: "Looks into the server and breaks it on purpose, for tests.",
      complexity: "Depends on the subcommand.",
      isSystem: true,
      handler,
    },
  ];
}

function subcommandTable(parts: DebugCommandParts): ReadonlyMap<string, Subcommand> {
  const { session, expireCycle, listLimits, persistence, replication } = parts;
  const print = (line: string): void => session.log.notice(line);
  const table = new Map<string, Subcommand>();
  const add = (name: string, least: number, most: number, run: Subcommand["run"]): void => {
    table.set(name, { least, most, run });
  };
  add("help", 2, 2, (call) => replyHelp(call, helpLines()));
  add("aof-flush-sleep", 3, 3, ({ args, reply }) => {
    persistence.aof.writeDelayUs = leadingInteger(args.text(2));
    reply.ok();
  });
  add("digest", 2, 2, ({ reply, keyspace }) =>
    reply.statusText(new DatasetDigest(keyspace).ofAll()),
  );
  add("digest-value", 2, MANY, digestValues);
  add("error", 3, 3, ({ args, reply }) => reply.error(args.text(2)));
  add("log", 3, 3, ({ args, reply }) => {
    session.log.warning(`DEBUG LOG: ${Buffer.from(args.copy(2)).toString("utf8")}`);
    reply.ok();
  });
  add("htstats", 3, 3, tableStatsOf);
  add("htstats-key", 3, 3, tableStatsOfKey);
  add("listpack", 3, 3, (call) => printListpack(call, print));
  add("loadaof", 2, 2, (call) => loadAof(call, persistence));
  add("object", 3, 3, (call) => object(call, listLimits));
  add("populate", 3, 5, populateKeys);
  add("protocol", 3, 3, ({ args, reply }) => replySample(reply, args.text(2).toLowerCase()));
  add("quicklist", 3, 4, (call) => printQuicklist(call, print));
  add("quicklist-packed-threshold", 3, 3, (call) => setPackedThreshold(call, listLimits));
  add("change-repl-id", 2, 2, ({ reply }) => {
    session.log.notice("Changing replication IDs after receiving DEBUG change-repl-id");
    replication.changeId();
    reply.ok();
  });
  add("replicate", 3, MANY, ({ args, reply }) => {
    replication.replicate(Array.from({ length: args.count - 2 }, (_, i) => args.copy(i + 2)));
    reply.ok();
  });
  add("reload", 2, MANY, (call) => reload(call, persistence));
  add("set-active-expire", 3, 3, ({ args, reply }) => {
    expireCycle.isEnabled = leadingInteger(args.text(2)) !== 0;
    reply.ok();
  });
  add("sleep", 3, 3, ({ args, reply }) => {
    sleep(leadingDecimal(args.text(2)) * 1000);
    reply.ok();
  });
  add("stringmatch-test", 2, 2, matchAtRandom);
  for (const name of ["assert", "panic", "segfault", "oom"]) {
    add(name, 2, MANY, () => {
      throw new Error(`asked for by DEBUG ${name.toUpperCase()}`);
    });
  }
  for (const [name, reason] of missingSubcommands()) {
    add(name, 2, MANY, ({ reply }) => {
      reply.error(`ERR DEBUG ${name.toUpperCase()} is not supported by this server: ${reason}`);
    });
  }
  return table;
}

function missingSubcommands(): (readonly [name: string, reason: string])[] {
  const named = NOT_HERE.map(
    ([syntax, reason]) => [syntax.split(" ")[0].toLowerCase(), reason] as const,
  );
  return named;
}

function helpLines(): string[] {
  const missing = NOT_HERE.flatMap(([syntax, reason]) => [syntax, `    Not here: ${reason}.`]);
  return [...DEBUG_HELP, ...missing];
}

function digestValues(call: DataCall): void {
  const { args, reply, keyspace } = call;
  const digest = new DatasetDigest(keyspace);
  reply.array(args.count - 2);
  for (let i = 2; i < args.count; i++) reply.statusText(digest.ofValue(call.peek(i)));
}

function tableStatsOf({ args, reply, keyspace }: DataCall): void {
  const index = args.clampedInteger(2);
  if (Number.isNaN(index)) {
    reply.error("ERR value is not an integer or out of range");
    return;
  }
  const database = keyspace.databases[index];
  if (database === undefined) {
    reply.error("ERR Out of range database");
    return;
  }
  reply.verbatim("txt", tableStats(database));
}

/** No type that is kept in a dictionary of its own exists yet. */
function tableStatsOfKey(call: DataCall): void {
  if (call.peek(2) === 0) {
    call.reply.error(ERR_NO_SUCH_KEY);
    return;
  }
  call.reply.error(
    "ERR The value stored at the specified key is not represented using an hash table",
  );
}

function object(call: DataCall, limits: ListLimits): void {
  const entry = call.peek(2);
  if (entry === 0) call.reply.error(ERR_NO_SUCH_KEY);
  else call.reply.statusText(objectLine(call, entry) + quicklistFields(call, entry, limits));
}

function populateKeys(call: DataCall): void {
  const { args, reply } = call;
  const count = args.clampedInteger(2);
  const valueBytes = args.count > 4 ? args.clampedInteger(4) : 0;
  if (!(count >= 0 && valueBytes >= 0)) {
    reply.error(ERR_NOT_POSITIVE);
    return;
  }
  populate(call, count, args.count > 3 ? args.copy(3) : Buffer.from("key"), valueBytes);
  reply.ok();
}

/** As atoi reads it: digits at the start, 0 when there are none. */
function leadingInteger(text: string): number {
  const digits = /^\s*[+-]?\d{1,15}/.exec(text);
  return digits === null ? 0 : Number(digits[0]);
}

/** As strtod reads it: a plain decimal at the start, 0 when there is none; never negative. */
function leadingDecimal(text: string): number {
  const number = /^\s*\+?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})/.exec(text);
  return number === null ? 0 : Number(number[0]);
}

function sleep(durationMs: number): void {
  if (durationMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs);
}

const MATCHES = 100_000;
const PATTERN_BYTES = 32;

/** Pattern characters among few letters, so that patterns mean something now and then. */
function matchAtRandom({ reply, keyspace }: DataCall): void {
  const { random } = keyspace;
  const alphabet = Buffer.from("ab*?[]^-\\\x00");
  const draw = (): Buffer => {
    const bytes = Buffer.alloc(random.below(PATTERN_BYTES));
    for (let i = 0; i < bytes.length; i++) bytes[i] = alphabet[random.below(alphabet.length)];
    return bytes;
  };
  for (let left = MATCHES; left > 0; left--) {
    const pattern = draw();
    const text = draw();
    globMatch(pattern, 0, pattern.length, text, 0, text.length, random.below(2) === 0);
  }
  reply.statusText("Apparently Redis did not crash: test passed");
}
