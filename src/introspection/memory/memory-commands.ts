import { ERR_NOT_INTEGER, ERR_SYNTAX } from "../../command/error-texts";
import { replyHelp } from "../../command/help-reply";
import { type CommandSpec, keyAt } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import { allocatorReport } from "./allocator-report";
import { keyMemory } from "./key-memory";
import { memoryDiagnosis } from "./memory-doctor";
import type { MemoryReport } from "./memory-report";
import { replyMemoryStats } from "./memory-stats";

/** MEMORY: where the memory is, key by key and as a whole, and giving back what is free. */

/** Elements of a nested value that MEMORY USAGE looks at when it is not told. */
const DEFAULT_SAMPLES = 5;
const SAMPLES = Buffer.from("samples");
const TEXT_FORMAT = "txt";

export function memoryCommands(report: MemoryReport): readonly CommandSpec<DataCall>[] {
  return [
    {
      name: "memory",
      arity: -2,
      flags: [],
      group: "server",
      since: "4.0.0",
      summary: "Tells where memory is used.",
      complexity: "Depends on the subcommand.",
      subcommands: [
        usageSpec,
        {
          ...aboutServer("stats", "Shows the memory in use by what it is used for.", "O(1)"),
          handler: (call) => replyMemoryStats(call.reply, report.figures()),
        },
        {
          ...aboutServer("doctor", "Says what looks wrong in the use of memory.", "O(1)"),
          handler: ({ reply }) => reply.verbatim(TEXT_FORMAT, memoryDiagnosis(report.figures())),
        },
        {
          ...aboutServer("malloc-stats", "Shows the allocator's size classes.", PER_PAGE),
          handler: ({ reply, keyspace }) =>
            reply.verbatim(TEXT_FORMAT, allocatorReport(keyspace.memory)),
        },
        {
          ...aboutServer("purge", "Gives free memory back to the system.", PER_PAGE),
          tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
          handler: purge,
        },
        {
          ...aboutServer("help", "Explains the subcommands.", "O(1)"),
          flags: ["loading", "stale"],
          tips: [],
          handler: (call) => replyHelp(call, HELP_LINES),
        },
      ],
    },
  ];
}

const PER_PAGE = "O(N) where N is the number of pages of memory.";

function aboutServer(name: string, summary: string, complexity: string) {
  return {
    name,
    arity: 2,
    flags: [],
    group: "server",
    since: "4.0.0",
    summary,
    complexity,
    tips: ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
  } as const;
}

const usageSpec: CommandSpec<DataCall> = {
  name: "usage",
  arity: -3,
  flags: ["readonly"],
  group: "server",
  since: "4.0.0",
  summary: "Answers how many bytes a key and its value take.",
  complexity: "O(N) where N is the number of samples.",
  keys: [keyAt(2, "RO")],
  arguments: [
    { name: "key", type: "key", keySpecIndex: 0 },
    { name: "count", type: "integer", token: "SAMPLES", flags: ["optional"] },
  ],
  handler: usage,
};

const HELP_LINES = [
  "DOCTOR",
  "    Says what looks wrong in the use of memory.",
  "MALLOC-STATS",
  "    Shows the allocator's size classes: blocks in use, free blocks, waste.",
  "PURGE",
  "    Gives free memory back to the system.",
  "STATS",
  "    Shows the memory in use by what it is used for.",
  "USAGE <key> [SAMPLES <count>]",
  "    Answers how many bytes <key> and its value take. Of nested values up to",
  "    <count> elements are looked at (default: 5, 0 means all).",
];

function usage(call: DataCall): void {
  const { reply, keyspace, db } = call;
  const samples = readSamples(call);
  if (samples === undefined) return;
  const entry = call.peek(2);
  if (entry === 0) reply.nil();
  else reply.integer(keyMemory(keyspace, db, entry, samples));
}

/** The samples to take, or undefined (the error is written). The last SAMPLES counts. */
function readSamples({ args, reply }: DataCall): number | undefined {
  let samples = DEFAULT_SAMPLES;
  for (let at = 3; at < args.count; at += 2) {
    if (!args.is(at, SAMPLES) || at + 1 === args.count) {
      reply.error(ERR_SYNTAX);
      return undefined;
    }
    const count = args.clampedInteger(at + 1);
    if (Number.isNaN(count) || count < 0) {
      reply.error(Number.isNaN(count) ? ERR_NOT_INTEGER : ERR_SYNTAX);
      return undefined;
    }
    samples = count === 0 ? Number.MAX_SAFE_INTEGER : count;
  }
  return samples;
}

function purge({ keyspace, reply }: DataCall): void {
  keyspace.memory.purge(Number.MAX_SAFE_INTEGER);
  reply.ok();
}
