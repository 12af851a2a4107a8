import { ERR_SYNTAX } from "../../command/error-texts";
import type { CommandSpec } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import type { RdbSaves } from "./rdb-saves";

const ERR_SAVING = "ERR Background save already in progress";
const ERR_OTHER_JOB =
  "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in " +
  "order to schedule a BGSAVE whenever possible.";
/** What Redis answers when the log knows why. */
const ERR_UNNAMED = "ERR";

/** SAVE, BGSAVE and LASTSAVE. BGSAVE CANCEL is of Redis 8 and Valkey, but answers at once here. */
export function saveCommands(
  saves: RdbSaves,
  isOtherJobRunning: () => boolean,
): readonly CommandSpec<DataCall>[] {
  return [
    {
      name: "save",
      arity: 1,
      flags: ["admin", "noscript", "no_async_loading", "no_multi"],
      group: "server",
      since: "1.0.0",
      summary: "Saves the data set to disk and answers when it is there; others wait.",
      complexity: "O(N) in the number of keys of all databases",
      handler: ({ reply }) => {
        if (saves.isRunning) reply.error(ERR_SAVING);
        else if (saves.saveNow()) reply.ok();
        else reply.error(ERR_UNNAMED);
      },
    },
    {
      name: "bgsave",
      arity: -1,
      flags: ["admin", "noscript", "no_async_loading"],
      group: "server",
      since: "1.0.0",
      summary: "Saves the data set as it is now to disk, while commands go on.",
      complexity: "O(1); the work is done by a thread of its own",
      history: [["3.2.2", "Added the `SCHEDULE` option."]],
      arguments: [
        {
          name: "schedule",
          type: "pure-token",
          token: "SCHEDULE",
          since: "3.2.2",
          flags: ["optional"],
        },
      ],
      handler: (call) => startOrCancel(call, saves, isOtherJobRunning),
    },
    {
      name: "lastsave",
      arity: 1,
      flags: ["loading", "stale", "fast"],
      group: "server",
      since: "1.0.0",
      summary: "Tells when the data set was last saved, in Unix time.",
      complexity: "O(1)",
      categories: ["admin", "dangerous"],
      tips: ["nondeterministic_output"],
      handler: ({ reply }) => reply.integer(saves.lastSaveSeconds),
    },
  ];
}

function startOrCancel(call: DataCall, saves: RdbSaves, isOtherJobRunning: () => boolean): void {
  const { args, reply } = call;
  const word = args.count === 2 ? args.text(1).toLowerCase() : "";
  if (args.count > 2 || (args.count === 2 && word !== "schedule" && word !== "cancel")) {
    reply.error(ERR_SYNTAX);
  } else if (word === "cancel") {
    cancel(call, saves);
  } else if (saves.isRunning) {
    reply.error(ERR_SAVING);
  } else if (isOtherJobRunning() || !call.mayBlock) {
    // Within EXEC as well: what is saved is to be the whole transaction or nothing of it.
    if (word !== "schedule" && call.mayBlock) {
      reply.error(ERR_OTHER_JOB);
      return;
    }
    saves.isScheduled = true;
    reply.statusText("Background saving scheduled");
  } else if (saves.startBackground()) {
    reply.statusText("Background saving started");
  } else {
    reply.error(ERR_UNNAMED);
  }
}

function cancel({ reply }: DataCall, saves: RdbSaves): void {
  if (saves.cancel()) {
    reply.statusText("Background saving cancelled");
  } else if (saves.isScheduled) {
    saves.isScheduled = false;
    reply.statusText("Scheduled background saving cancelled");
  } else {
    reply.error("ERR Background saving is currently not in progress or scheduled");
  }
}
