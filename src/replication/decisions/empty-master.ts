/**
 * replica-refuse-empty-master: a master that has been restarted without its file would take the data
 * away from its replicas, too. A copy without any key is then refused before anything is done to the
 * data, told once with all that can be done about it, and asked for again each second. The first
 * copy with a key, or with the directive turned off, is taken.
 */
import type { Draft } from "./draft";
import { retryLater } from "./link-retry";

/** Whether the copy is refused, and then the attempt is over. */
export function refusesEmptyCopy(draft: Draft, hasKeys: boolean): boolean {
  const { context, state } = draft;
  const { refusesEmptyMaster } = context.settings;
  const wasRefusing = state.hasRefusedEmpty;
  if (hasKeys || context.isDatasetEmpty || !refusesEmptyMaster) {
    draft.set({ hasRefusedEmpty: false });
    if (wasRefusing) draft.notice("MASTER <-> REPLICA sync: no longer refused");
    return false;
  }
  if (!wasRefusing) {
    const { host = "", port = 0 } = state.master ?? {};
    draft.warning(
      `MASTER <-> REPLICA sync refused: the master ${host}:${port} has no data, and this replica ` +
        "has. Nothing was changed here. It asks again each second, without further lines, until " +
        "the master has a key. To become empty as well: CONFIG SET replica-refuse-empty-master " +
        "no. To go on from the data of this server: REPLICAOF NO ONE.",
    );
  }
  retryLater(draft);
  draft.set({ hasRefusedEmpty: true });
  return true;
}
