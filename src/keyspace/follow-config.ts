import type { Config } from "../config/config";
import type { Eviction } from "./eviction";
import { evictionPolicy, RANK_IDLE, RANK_SELDOM_USED } from "./eviction-policy";
import type { ExpireCycle } from "./expire-cycle";
import type { Keyspace } from "./keyspace";

const DIRECTIVES = [
  "maxmemory",
  "maxmemory-policy",
  "maxmemory-samples",
  "maxmemory-eviction-tenacity",
  "lfu-log-factor",
  "lfu-decay-time",
  "active-expire-effort",
] as const;

/**
 * Makes expiry and eviction follow the configuration, now and at every CONFIG SET.
 * @param limitChanged told whether there is a limit on memory now.
 */
export function followConfig(
  config: Config,
  keyspace: Keyspace,
  eviction: Eviction,
  expireCycle: ExpireCycle,
  limitChanged: (hasLimit: boolean) => void,
): void {
  const follow = (): undefined => {
    const policy = evictionPolicy(config.value("maxmemory-policy"));
    const isTimed = policy.rank === RANK_IDLE;
    const isCounted = policy.rank === RANK_SELDOM_USED;
    eviction.limitBytes = config.number("maxmemory");
    eviction.setSamples(config.number("maxmemory-samples"));
    eviction.tenacity = config.number("maxmemory-eviction-tenacity");
    if (policy !== eviction.policy) eviction.setPolicy(policy);
    eviction.reconsider();
    expireCycle.effort = config.number("active-expire-effort");
    const { access } = keyspace;
    access.countsAccesses = isCounted;
    access.logFactor = config.number("lfu-log-factor");
    access.decayMinutes = config.number("lfu-decay-time");
    access.refresh();
    keyspace.sharesIntegers = eviction.limitBytes === 0 || !(isTimed || isCounted);
    limitChanged(eviction.limitBytes > 0);
    return undefined;
  };
  follow();
  config.onChange(DIRECTIVES, follow);
}
