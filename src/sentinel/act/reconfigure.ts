/** Telling data nodes whose replica they are. */
import type { Draft } from "../model/draft";
import type { Instance, InstanceAddress } from "../model/instance";
import { announced } from "../model/instance-name";
import { commandName, sendInfo } from "../monitor/requests";

/** Clients that are disconnected, so that they ask Sentinel where the master is now. */
const CLIENT_TYPES = ["normal", "pubsub"];

/**
 * Makes an instance a replica of the address, or a master without one. All or nothing: its new role, the
 * rewriting of its configuration, and the end of its clients' connections are one transaction. False
 * when it cannot be told now.
 */
export function reconfigure(
  draft: Draft,
  instance: Instance,
  master: InstanceAddress | undefined,
): boolean {
  if (!draft.model.isSaved || !instance.link.areCommandsConnected) return false;
  const target =
    master === undefined ? ["NO", "ONE"] : [announced(master, draft.model), `${master.port}`];
  const client = commandName(instance, "CLIENT");
  order(draft, instance, [commandName(instance, "MULTI")]);
  order(draft, instance, [commandName(instance, "SLAVEOF"), ...target]);
  order(draft, instance, [commandName(instance, "CONFIG"), "REWRITE"]);
  for (const type of CLIENT_TYPES) order(draft, instance, [client, "KILL", "TYPE", type]);
  order(draft, instance, [commandName(instance, "EXEC")]);
  // What has come of it is asked at once instead of with the next period.
  sendInfo(draft, instance);
  return true;
}

function order(draft: Draft, instance: Instance, words: readonly string[]): void {
  draft.send(instance, "reconfigure", words, true);
}
