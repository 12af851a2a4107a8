/** Directives about the process itself: start, log, signals, permissions, timers, crash reports. */
import { EMPTY_IS_UNSET, HIDDEN, IMMUTABLE, NO_MEANING } from "../directive";
import { choice } from "../kinds/choice";
import { clamped } from "../kinds/clamped";
import { flag } from "../kinds/flag";
import { INT_MAX, integer, LONG_MAX } from "../kinds/integer";
import { text } from "../kinds/text";
import { checkTitleTemplate } from "../kinds/text-checks";
import { oomScoreValuesDirective } from "../special/oom-score-values";
import { shutdownWords } from "../special/shutdown-words";

const PERMISSIONS = ["no", "yes", "local"] as const;
const FACILITIES = [
  "user",
  "local0",
  "local1",
  "local2",
  "local3",
  "local4",
  "local5",
  "local6",
  "local7",
] as const;

export const processRows = [
  flag("daemonize", false, { attributes: IMMUTABLE }),
  choice("supervised", "no", ["upstart", "systemd", "auto", "no"], { attributes: IMMUTABLE }),
  text("pidfile", "", { attributes: IMMUTABLE | EMPTY_IS_UNSET }),
  choice("loglevel", "notice", ["debug", "verbose", "notice", "warning", "nothing"]),
  text("logfile", "", { attributes: IMMUTABLE }),
  flag("syslog-enabled", false, { attributes: IMMUTABLE | NO_MEANING }),
  text("syslog-ident", "redis", { attributes: IMMUTABLE | NO_MEANING }),
  choice("syslog-facility", "local0", FACILITIES, { attributes: IMMUTABLE | NO_MEANING }),
  flag("always-show-logo", false, { attributes: IMMUTABLE }),
  flag("set-proc-title", true, { attributes: IMMUTABLE }),
  text("proc-title-template", "{title} {listen-addr} {server-mode}", {
    check: checkTitleTemplate,
  }),
  text("locale-collate", "", { attributes: NO_MEANING }),
  clamped(integer("hz", 10, 0, INT_MAX), 1, 500),
  flag("dynamic-hz", true),
  flag("crash-log-enabled", true),
  flag("crash-memcheck-enabled", true, { attributes: NO_MEANING }),
  flag("use-exit-on-panic", false, { attributes: HIDDEN | NO_MEANING }),
  integer("watchdog-period", 0, 0, INT_MAX, { attributes: HIDDEN | NO_MEANING }),
  choice("enable-protected-configs", "no", PERMISSIONS, { attributes: IMMUTABLE }),
  choice("enable-debug-command", "no", PERMISSIONS, { attributes: IMMUTABLE }),
  choice("enable-module-command", "no", PERMISSIONS, { attributes: IMMUTABLE }),
  integer("shutdown-timeout", 10, 0, INT_MAX),
  shutdownWords("shutdown-on-sigint"),
  shutdownWords("shutdown-on-sigterm"),
  choice("oom-score-adj", "no", ["no", "yes", "relative", "absolute"], {
    synonyms: new Map([["relative", "yes"]]),
  }),
  oomScoreValuesDirective,
  text("server_cpulist", "", { attributes: IMMUTABLE | EMPTY_IS_UNSET | NO_MEANING }),
  text("bio_cpulist", "", { attributes: IMMUTABLE | EMPTY_IS_UNSET | NO_MEANING }),
  text("aof_rewrite_cpulist", "", { attributes: IMMUTABLE | EMPTY_IS_UNSET | NO_MEANING }),
  text("bgsave_cpulist", "", { attributes: IMMUTABLE | EMPTY_IS_UNSET | NO_MEANING }),
  text("ignore-warnings", "", { attributes: NO_MEANING }),
  flag("jemalloc-bg-thread", true, { attributes: NO_MEANING }),
  flag("disable-thp", true, { attributes: IMMUTABLE | NO_MEANING }),
  integer("busy-reply-threshold", 5000, 0, LONG_MAX, { alias: "lua-time-limit" }),
];
