import type { DataCall } from "../../../keyspace/data-call";
import { LoadProblem } from "../../../persistence/loading/load-problem";
import type { PersistenceService } from "../../persistence-service";

/**
 * DEBUG RELOAD: the data set goes to disk and comes back, within one command.
 *
 * A file that cannot be opened is an error; one that turns out to be broken half-way ends the
 * process, as an exception in the middle of any command does.
 */
export function reload(call: DataCall, persistence: PersistenceService): void {
  const { args, reply } = call;
  if (refusesWhileLoading(call, persistence)) return;
  let saves = true;
  let flushes = true;
  let merges = false;
  for (let i = 2; i < args.count; i++) {
    const word = args.text(i).toLowerCase();
    if (word === "nosave") saves = false;
    else if (word === "noflush") flushes = false;
    else if (word === "merge") merges = true;
    else {
      reply.error("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");
      return;
    }
  }
  if (saves && !persistence.saves.saveNow()) {
    reply.error("ERR");
    return;
  }
  try {
    persistence.reload(flushes, merges);
    reply.ok();
  } catch (error) {
    if (!(error instanceof LoadProblem) || persistence.loading.isLoading) throw error;
    reply.error("ERR Error trying to load the RDB dump");
  }
}

/** DEBUG LOADAOF: the data set comes back from the append only file, within one command. */
export function loadAof(call: DataCall, persistence: PersistenceService): void {
  const { reply } = call;
  if (refusesWhileLoading(call, persistence)) return;
  try {
    persistence.reloadAof();
    reply.ok();
  } catch (error) {
    if (!(error instanceof LoadProblem) || persistence.loading.isLoading) throw error;
    reply.error("ERR Error trying to load the AOF files, check server logs.");
  }
}

/** Where Redis would load one data set into the midst of the other. */
function refusesWhileLoading({ reply }: DataCall, { loading }: PersistenceService): boolean {
  if (loading.isLoading) reply.error("LOADING Redis is loading the dataset in memory");
  return loading.isLoading;
}
