import type { Gate } from "../command/pipeline";
import { blockingGate } from "../keyspace/blocking/blocking-gate";
import type { DataCall } from "../keyspace/data-call";
import { effectsGate } from "../keyspace/effects/effects-gate";
import { memoryGate } from "../keyspace/memory-gate";
import { trackingGate } from "../keyspace/tracking/tracking-gate";
import { asyncLoadingGate, loadingGate } from "../persistence/loading/loading-gate";
import { diskErrorGate } from "../persistence/snapshot/disk-error-gate";
import { goodReplicasGate } from "../replication/master/good-replicas-gate";
import { readOnlyGate, staleGate } from "../replication/replica/replica-gates";
import { authenticatedGate } from "../session/gates/authenticated";
import { monitoredGate } from "../session/gates/monitored";
import { offKeyspaceGate } from "../session/gates/off-keyspace";
import { pausedGate } from "../session/gates/paused";
import { subscriberGate } from "../session/gates/subscriber";
import { noMultiGate, queueGate } from "../transactions/transaction-gates";
import type { ServerContext } from "./server-context";

/**
 * The gates of the data node in the order in which they are asked. Each room brings its own; the
 * order is Redis's: who you are, what you may, whether the server can, whether it is to wait.
 */
export function gateList(context: ServerContext): readonly Gate<DataCall>[] {
  const { session } = context;
  return [
    authenticatedGate(session),
    noMultiGate(),
    offKeyspaceGate(),
    memoryGate(context.eviction),
    diskErrorGate(() => context.persistence.diskTrouble),
    goodReplicasGate(),
    readOnlyGate(),
    subscriberGate(),
    staleGate(),
    loadingGate(),
    asyncLoadingGate(),
    pausedGate(session),
    queueGate(context.transactions),
    monitoredGate(session),
    trackingGate(context.tracking),
    effectsGate(),
    blockingGate(context.blocking),
  ];
}
