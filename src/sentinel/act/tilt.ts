/**
 * TILT: after a step of the clock, or when this process was not run for a while, nothing is decided
 * for some time, because what was seen before says nothing about now.
 */
import type { Draft } from "../model/draft";

export function checkTilt(draft: Draft): void {
  const { model, nowMs } = draft;
  const { wallMs } = draft.context;
  const isFirst = model.lastTickWallMs === 0;
  const elapsedMs = nowMs - model.lastTickMs;
  const wallElapsedMs = wallMs - model.lastTickWallMs;
  model.lastTickMs = nowMs;
  model.lastTickWallMs = wallMs;
  const limitMs = model.times.tiltTriggerMs;
  if (!isFirst && (elapsedMs > limitMs || wallElapsedMs > limitMs || wallElapsedMs < 0)) {
    model.isInTilt = true;
    model.tiltSinceMs = nowMs;
    draft.plainEvent("warning", "+tilt", "#tilt mode entered");
  } else if (model.isInTilt && nowMs - model.tiltSinceMs >= model.times.tiltPeriodMs) {
    model.isInTilt = false;
    draft.plainEvent("warning", "-tilt", "#tilt mode exited");
  }
}
