import type { InfoField, InfoSection } from "../../process/info/info-section";
import type { Instance } from "../model/instance";
import { announced } from "../model/instance-name";
import type { SentinelModel } from "../model/sentinel-model";

/** Bits of `sentinel_simulate_failure_flags`. */
const CRASH_AFTER_ELECTION = 1;
const CRASH_AFTER_PROMOTION = 2;

export interface SentinelSectionParts {
  readonly model: SentinelModel;
  readonly monotonicMs: () => number;
  readonly scripts: { readonly running: number; readonly length: number };
}

/** INFO sentinel: the masters, and how this Sentinel is. */
export function sentinelSection({
  model,
  monotonicMs,
  scripts,
}: SentinelSectionParts): InfoSection {
  const tiltSeconds = (): number =>
    model.isInTilt ? Math.floor((monotonicMs() - model.tiltSinceMs) / 1000) : -1;
  const fields = (): InfoField[] => [
    ["sentinel_masters", model.masters.size],
    ["sentinel_tilt", model.isInTilt ? 1 : 0],
    ["sentinel_tilt_since_seconds", tiltSeconds()],
    ["sentinel_running_scripts", scripts.running],
    ["sentinel_scripts_queue_length", scripts.length],
    ["sentinel_simulate_failure_flags", failureFlags(model)],
    ...[...model.masters.values()].map((master, index) => masterField(master, index, model)),
  ];
  return { name: "Sentinel", shownBy: "default", fields };
}

function failureFlags({ crashesAfterElection, crashesAfterPromotion }: SentinelModel): number {
  return (
    (crashesAfterElection ? CRASH_AFTER_ELECTION : 0) |
    (crashesAfterPromotion ? CRASH_AFTER_PROMOTION : 0)
  );
}

function masterField(master: Instance, index: number, model: SentinelModel): InfoField {
  const { name, address, replicas, sentinels } = master;
  const status = master.isObjectivelyDown ? "odown" : master.isSubjectivelyDown ? "sdown" : "ok";
  return [
    `master${index}`,
    `name=${name},status=${status},address=${announced(address, model)}:${address.port},` +
      `slaves=${replicas.size},sentinels=${sentinels.size + 1}`,
  ];
}
