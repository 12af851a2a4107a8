// Mistakes that the simulation must find: each turns a step, or how a shell carries it out, into what
// somebody could have written. Without any of them every seed must pass.
import { step } from "../../../src/sentinel/act/step";
import type { Draft } from "../../../src/sentinel/model/draft";
import type { SentinelAction, SentinelEvent } from "../../../src/sentinel/model/sentinel-event";
import type { SentinelModel } from "../../../src/sentinel/model/sentinel-model";
import type { SimSentinel } from "./sim-sentinel";

export const PLANTED_BUGS = [
  /** A vote is told before it is saved. */
  "vote-not-saved",
] as const;

export type PlantedBug = (typeof PLANTED_BUGS)[number];

export function stepWithBug(
  _bug: PlantedBug | undefined,
  { model, context }: SimSentinel,
  event: SentinelEvent,
): readonly SentinelAction[] {
  return step(model, event, context);
}

export function changeWithBug<T>(
  _bug: PlantedBug | undefined,
  draft: Draft,
  run: (draft: Draft) => T,
): T {
  return run(draft);
}

export function loadWithBug(_bug: PlantedBug | undefined, _model: SentinelModel): void {}
