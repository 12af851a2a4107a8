/** Directives about RDB and AOF files. */
import { DENY_LOADING, HIDDEN, IMMUTABLE, PROTECTED } from "../directive";
import { choice } from "../kinds/choice";
import { flag } from "../kinds/flag";
import { INT_MAX, INT_MIN, integer, LONG_MAX, memory } from "../kinds/integer";
import { text } from "../kinds/text";
import { checkAppendDirname, checkAppendFilename, checkDbFilename } from "../kinds/text-checks";
import { directoryDirective } from "../special/directory";
import { saveDirective } from "../special/save-points";

const KIB = 1024;
const MIB = 1024 * KIB;

export const persistenceRows = [
  directoryDirective,
  saveDirective,
  text("dbfilename", "dump.rdb", { attributes: PROTECTED, check: checkDbFilename }),
  flag("rdbcompression", true),
  flag("rdbchecksum", true, { attributes: IMMUTABLE }),
  flag("rdb-del-sync-files", false),
  flag("rdb-save-incremental-fsync", true),
  flag("stop-writes-on-bgsave-error", true),
  choice("sanitize-dump-payload", "no", ["no", "yes", "clients"]),
  flag("appendonly", false, { attributes: DENY_LOADING }),
  text("appendfilename", "appendonly.aof", {
    attributes: IMMUTABLE,
    check: checkAppendFilename,
  }),
  text("appenddirname", "appendonlydir", { attributes: IMMUTABLE, check: checkAppendDirname }),
  choice("appendfsync", "everysec", ["everysec", "always", "no"]),
  flag("no-appendfsync-on-rewrite", false),
  integer("auto-aof-rewrite-percentage", 100, 0, INT_MAX),
  memory("auto-aof-rewrite-min-size", 64 * MIB, 0, LONG_MAX),
  flag("aof-load-truncated", true),
  flag("aof-use-rdb-preamble", true),
  flag("aof-timestamp-enabled", false),
  flag("aof-rewrite-incremental-fsync", true),
  flag("aof-disable-auto-gc", false),
  integer("rdb-key-save-delay", 0, INT_MIN, INT_MAX, { attributes: HIDDEN }),
  integer("key-load-delay", 0, INT_MIN, INT_MAX, { attributes: HIDDEN }),
  integer("loading-process-events-interval-bytes", 2 * MIB, KIB, INT_MAX, {
    attributes: HIDDEN,
  }),
];
