/**
 * The log of the process as the configuration wants it, and the lines of a start that people and
 * tools look for, in the order in which Redis writes them.
 */
import { resolve } from "node:path";
import { isatty } from "node:tty";
import { type Clock, SystemClock } from "../../base/clock";
import { PRODUCT_NAME, PRODUCT_VERSION } from "../../base/product";
import { REDIS_VERSION } from "../../base/redis-version";
import type { Config } from "../../config/config";
import { createLog } from "../../log/create-log";
import type { Log, LogRole } from "../../log/log";
import { type LogoFacts, logo, logoLine } from "./logo";

const SLASH = 0x2f;
const STDOUT = 1;

/** Before there is a configuration. */
export function startLog(role: LogRole = "child"): Log {
  return createLog({
    format: "redis",
    file: "",
    level: "notice",
    role,
    clock: new SystemClock(),
    pid: process.pid,
  });
}

/** Follows `loglevel`; file and format are for the whole life of the process. */
export function configuredLog(config: Config, clock: Clock, role: LogRole): Log {
  const log = createLog({
    format: config.value("log-format"),
    file: absolute(config.bytes("logfile")),
    level: config.value("loglevel"),
    role,
    clock,
    pid: process.pid,
  });
  config.onChange("loglevel", () => {
    log.setLevel(config.value("loglevel"));
    return undefined;
  });
  return log;
}

/** The directory may change, the place of the log may not. */
function absolute(path: Buffer): Buffer {
  if (path.length === 0 || path[0] === SLASH) return path;
  return Buffer.concat([Buffer.from(`${resolve(".")}/`), path]);
}

/** Before anything else is done. */
export function logBeginning(log: Log, hasArguments: boolean): void {
  log.warning("oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo");
  log.warning(
    `Redis version=${REDIS_VERSION}, bits=64, commit=00000000, modified=0, pid=${process.pid}, ` +
      "just started",
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
export function logLogo(log: Log, config: Config, facts: LogoFacts): void {
  const atTerminal = config.bytes("logfile").length === 0 && isatty(STDOUT);
  if (atTerminal || config.flag("always-show-logo")) log.block("notice", logo(facts));
  else log.notice(logoLine(facts));
}
