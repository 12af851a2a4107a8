import type { Config } from "../config/config";
import type { EffectStream } from "../keyspace/effects/effect-stream";

/**
 * Has what commands do encoded only while somebody takes it, and deletions worded by the
 * configuration.
 * @param switched raises the gate and lets the stream hear of the keyspace, or no longer.
 */
export function followEffects(
  effects: EffectStream,
  config: Config,
  switched: (isOn: boolean) => void,
): void {
  effects.attach(switched);
  const follow = (): undefined => {
    effects.unlinksExpired = config.flag("lazyfree-lazy-expire");
    effects.unlinksEvicted = config.flag("lazyfree-lazy-eviction");
  };
  follow();
  config.onChange(["lazyfree-lazy-expire", "lazyfree-lazy-eviction"], follow);
}
