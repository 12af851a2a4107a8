/** The lines of a start that people and tools look for, in the order in which Redis writes them. */
import { PRODUCT_NAME, PRODUCT_VERSION } from "../../base/product";
import { REDIS_VERSION } from "../../base/redis-version";
import type { Log } from "../../log/log";
import { type LogoFacts, logo, logoLine } from "./logo";

/** Before anything else is done. */
export function logBeginning(log: Log, pid: number, hasArguments: boolean): void {
  log.warning("oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo");
  log.warning(
    `Redis version=${REDIS_VERSION}, bits=64, commit=00000000, modified=0, pid=${pid}, just started`,
  );
  log.notice(`${PRODUCT_NAME} ${PRODUCT_VERSION} on Node.js ${process.version}`);
  if (hasArguments) {
    log.warning("Configuration loaded");
    return;
  }
  log.warning(
    "Warning: no config file specified, using the default config. In order to specify a config " +
      "file use redis-server /path/to/redis.conf",
  );
}

/** The drawing where a person is likely to look, the line elsewhere. */
export function logLogo(log: Log, facts: LogoFacts, drawn: boolean): void {
  if (drawn) log.block("notice", logo(facts));
  else log.notice(logoLine(facts));
}
