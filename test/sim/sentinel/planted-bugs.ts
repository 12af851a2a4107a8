// Mistakes that the simulation must find: each turns a step, or how a shell carries it out, into what
// somebody could have written. Without any of them every seed must pass.
import { step } from "../../../src/sentinel/act/step";
import type { Draft } from "../../../src/sentinel/model/draft";
import type { Instance } from "../../../src/sentinel/model/instance";
import type {
  SentinelAction,
  SentinelEvent,
  StepContext,
} from "../../../src/sentinel/model/sentinel-event";
import type { SentinelModel } from "../../../src/sentinel/model/sentinel-model";

export const PLANTED_BUGS = [
  /** A vote is told, and not saved. */
  "vote-not-saved",
  /** Whoever asks in an epoch gets the vote, also as the second one. */
  "votes-twice",
  /** The majority is counted of the Sentinels that can be reached. */
  "majority-of-reachable",
  /** Steps of the clock are not noticed. */
  "clock-not-watched",
  /** Decisions are made in TILT as ever. */
  "acts-in-tilt",
  /** The address of any hello is taken, whatever its config epoch. */
  "config-epoch-not-compared",
  /** The epoch of any hello is taken, also a lower one. */
  "lower-epoch-taken",
  /** A replica that was told to be a master is taken for one before it says so. */
  "promotion-not-awaited",
  /** Replicas of priority 0 are chosen like others. */
  "priority-0-chosen",
  /** Replicas that are down or silent are chosen like others. */
  "silent-replica-chosen",
  /** What INFO said long ago counts. */
  "stale-info-counts",
  /** Replicas without a link to their master for long are chosen like others. */
  "cut-off-replica-chosen",
  /** An old master that comes back stays a master. */
  "old-master-left-alone",
  /** A replica that follows somebody else stays there. */
  "stray-replica-left-alone",
  /** All replicas are reconfigured at once. */
  "parallel-syncs-ignored",
  /** Votes of an earlier epoch count. */
  "old-votes-counted",
  /** A failover is tried again at once. */
  "failover-timeout-ignored",
  /** A master is objectively down by the word of one. */
  "down-by-own-word",
  /** Of what others said of the master, nothing grows old. */
  "old-opinions-counted",
  /** A restart forgets the current epoch. */
  "restart-forgets-epoch",
  /** A restart forgets that it has voted. */
  "restart-forgets-vote",
  /** A save that failed counts as done. */
  "failed-save-ignored",
  /** What is to be told is told before it is saved. */
  "tells-before-saving",
] as const;

export type PlantedBug = (typeof PLANTED_BUGS)[number];

/** What a replica seems to be while one is chosen. */
const CHOICE_BUGS: readonly PlantedBug[] = [
  "silent-replica-chosen",
  "stale-info-counts",
  "cut-off-replica-chosen",
];

/** Runs the step, with the bug around it. */
export function stepWithBug(
  bug: PlantedBug | undefined,
  model: SentinelModel,
  event: SentinelEvent,
  context: StepContext,
): readonly SentinelAction[] {
  if (bug === undefined) return step(model, event, context);
  const seen = bug === "priority-0-chosen" ? withPriority(event) : event;
  const undo: Undo[] = [];
  const forged: SentinelAction[] = [];
  for (const master of model.masters.values()) {
    undo.push(...plantInMaster(bug, model, master, event, context));
    if (bug === "promotion-not-awaited") forged.push(...forgePromotion(model, master, context));
  }
  undo.push(...plantInModel(bug, model, event, context));
  const actions = [...forged, ...step(model, seen, context)];
  for (const each of undo) each();
  return plantInActions(bug, actions);
}

/** Runs a decision that a command asks for, with the bug around it. */
export function changeWithBug<T>(
  bug: PlantedBug | undefined,
  draft: Draft,
  run: (draft: Draft) => T,
): T {
  const epochs = new Map<Instance, number>();
  if (bug === "votes-twice") {
    for (const master of draft.model.masters.values()) {
      epochs.set(master, master.leaderEpoch);
      master.leaderEpoch = 0;
    }
  }
  const result = run(draft);
  for (const [master, epoch] of epochs) {
    if (master.leaderEpoch === 0) master.leaderEpoch = epoch;
  }
  if (bug !== undefined) {
    draft.actions.splice(0, Number.POSITIVE_INFINITY, ...plantInActions(bug, draft.actions));
  }
  return result;
}

/** What a restart makes of its file, with the bug. */
export function plantInLoaded(bug: PlantedBug | undefined, model: SentinelModel): void {
  if (bug === "restart-forgets-epoch") model.currentEpoch = 0;
  if (bug !== "restart-forgets-vote") return;
  for (const master of model.masters.values()) master.leaderEpoch = 0;
}

type Undo = () => void;

function plantInModel(
  bug: PlantedBug,
  model: SentinelModel,
  event: SentinelEvent,
  { nowMs, wallMs }: StepContext,
): Undo[] {
  if (bug === "clock-not-watched" && event.kind === "tick") {
    model.lastTickMs = nowMs;
    model.lastTickWallMs = wallMs;
  }
  if (bug === "acts-in-tilt" && model.isInTilt) {
    model.isInTilt = false;
    return [
      () => {
        model.isInTilt = nowMs - model.tiltSinceMs < model.times.tiltPeriodMs;
      },
    ];
  }
  if (bug === "lower-epoch-taken" && event.kind === "hello") {
    const { currentEpoch } = model;
    model.currentEpoch = 0;
    return [
      () => {
        if (model.currentEpoch === 0) model.currentEpoch = currentEpoch;
      },
    ];
  }
  return [];
}

function plantInMaster(
  bug: PlantedBug,
  model: SentinelModel,
  master: Instance,
  event: SentinelEvent,
  context: StepContext,
): Undo[] {
  if (bug === "config-epoch-not-compared" && event.kind === "hello") {
    const { configEpoch } = master;
    master.configEpoch = -1;
    return [
      () => {
        if (master.configEpoch === -1) master.configEpoch = configEpoch;
      },
    ];
  }
  const isChoosing = ["wait_start", "select_slave"].includes(master.failoverState);
  if (isChoosing && CHOICE_BUGS.includes(bug)) return plantInChoice(bug, master, event, context);
  if (event.kind !== "tick") return [];
  if (bug === "failover-timeout-ignored") master.failoverStartMs = 0;
  if (bug === "parallel-syncs-ignored") return withOption(master, "parallelSyncs", 100);
  if (bug === "down-by-own-word") return withOption(master, "quorum", 1);
  if (bug === "majority-of-reachable") return withoutUnreachable(master);
  for (const sentinel of master.sentinels.values()) {
    if (bug === "old-votes-counted") sentinel.leaderEpoch = model.currentEpoch;
    if (bug === "old-opinions-counted" && sentinel.saysMasterIsDown) {
      const latestMs = context.nowMs - 4 * model.times.askPeriodMs;
      sentinel.lastMasterDownReplyMs = Math.max(sentinel.lastMasterDownReplyMs, latestMs);
    }
  }
  return [];
}

function plantInChoice(
  bug: PlantedBug,
  master: Instance,
  event: SentinelEvent,
  { nowMs }: StepContext,
): Undo[] {
  const undo: Undo[] = [];
  for (const replica of master.replicas.values()) {
    // What this step is about to learn is not to be undone.
    if (event.kind === "reply" && event.instance === replica) continue;
    const { isSubjectivelyDown, infoMs, masterLinkDownMs, link } = replica;
    const { lastAvailableMs } = link;
    if (bug === "silent-replica-chosen") {
      replica.isSubjectivelyDown = false;
      link.lastAvailableMs = nowMs;
    }
    const isOld = bug === "stale-info-counts" || bug === "silent-replica-chosen";
    if (isOld && infoMs > 0) replica.infoMs = nowMs;
    if (bug === "cut-off-replica-chosen") replica.masterLinkDownMs = 0;
    undo.push(() => {
      replica.isSubjectivelyDown = isSubjectivelyDown;
      replica.infoMs = infoMs;
      replica.masterLinkDownMs = masterLinkDownMs;
      link.lastAvailableMs = lastAvailableMs;
    });
  }
  return undo;
}

function withOption(master: Instance, name: "quorum" | "parallelSyncs", value: number): Undo[] {
  const { options } = master;
  if (options === undefined) return [];
  const before = options[name];
  options[name] = value;
  return [
    () => {
      options[name] = before;
    },
  ];
}

function withoutUnreachable({ sentinels }: Instance): Undo[] {
  const undo: Undo[] = [];
  for (const [id, sentinel] of [...sentinels]) {
    if (sentinel.link.areCommandsConnected && !sentinel.isSubjectivelyDown) continue;
    sentinels.delete(id);
    undo.push(() => sentinels.set(id, sentinel));
  }
  return undo;
}

/** What the step makes of an INFO that nobody has sent. */
function forgePromotion(
  model: SentinelModel,
  { promoted, failoverState }: Instance,
  context: StepContext,
): readonly SentinelAction[] {
  if (promoted === undefined || failoverState !== "wait_promotion") return [];
  const reply = promoted.info.replace("role:slave", "role:master");
  return step(model, { kind: "reply", instance: promoted, request: "info", reply }, context);
}

function withPriority(event: SentinelEvent): SentinelEvent {
  if (event.kind !== "reply" || event.request !== "info" || typeof event.reply !== "string") {
    return event;
  }
  return { ...event, reply: event.reply.replace("slave_priority:0", "slave_priority:100") };
}

function plantInActions(
  bug: PlantedBug,
  actions: readonly SentinelAction[],
): readonly SentinelAction[] {
  switch (bug) {
    case "vote-not-saved": {
      const votes = actions.some(
        (action) => action.kind === "event" && action.type === "+vote-for-leader",
      );
      return votes ? actions.filter(({ kind }) => kind !== "save") : actions;
    }
    case "tells-before-saving": {
      const saves = actions.filter(({ kind }) => kind === "save");
      return [...actions.filter(({ kind }) => kind !== "save"), ...saves];
    }
    case "old-master-left-alone":
      return actions.filter((action) => !isOrderTo(action, "master"));
    case "stray-replica-left-alone":
      return actions.filter((action) => !isOrderTo(action, "slave"));
    default:
      return actions;
  }
}

/** An order to an instance in that role, outside of a failover. */
function isOrderTo(action: SentinelAction, role: "master" | "slave"): boolean {
  if (action.kind !== "send" || action.request !== "reconfigure") return false;
  const { instance } = action;
  return instance.roleReported === role && instance.master?.isFailingOver === false;
}
