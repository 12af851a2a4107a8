import {
  AOF_ANNOTATION,
  AOF_BROKEN,
  AOF_COMMAND,
  AOF_CUT,
  AOF_END,
  AofReader,
  type AofWindow,
} from "../../persistence/aof/aof-reader";
import type { AofSource } from "../../persistence/aof/aof-source";
import type { AofFile } from "../../persistence/aof/manifest";
import { commandName } from "../check/command-name";
import { shownTime } from "./restore-time";

/** Why there is nothing to be restored; a whole sentence for whoever asked. */
export class RestoreProblem extends Error {}

/** A file of the append only file, open. */
export interface OldFile {
  readonly file: AofFile;
  readonly shownName: string;
  readonly source: AofSource;
  /** Where its commands begin: behind an RDB, or 0. */
  readonly commandsAt: number;
  /** When the RDB in it was made; undefined without one. */
  readonly madeSeconds: number | undefined;
}

/** As much of a file as is taken. */
export interface TakenPart {
  readonly file: OldFile;
  readonly bytes: number;
}

export interface RecoveryPlan {
  readonly parts: readonly TakenPart[];
  /** Of the newest command taken, or of the base when there is none. */
  readonly lastSeconds: number;
  readonly commands: number;
}

/** What has been found out on the way through the files. */
interface Walk {
  readonly parts: TakenPart[];
  lastSeconds: number | undefined;
  commands: number;
  /** Commands of whose time nothing is known yet but that they are not older than `lastSeconds`. */
  unstamped: number;
  isOver: boolean;
}

/**
 * What of an append only file tells the data set as it was at a moment: all that was written up to
 * the first timestamp behind it. Reads the files and changes nothing.
 *
 * What always holds: a plan leaves nothing out that was surely there, and takes nothing whose time
 * may be later: where that cannot be told, there is no plan. Transactions are taken whole or not.
 *
 * @param files the base, if there is one, and the increments in their order.
 * @throws RestoreProblem
 */
export function recoveryPlan(
  files: readonly OldFile[],
  window: AofWindow,
  toSeconds: number,
): RecoveryPlan {
  const walk: Walk = {
    parts: [],
    lastSeconds: undefined,
    commands: 0,
    unstamped: 0,
    isOver: false,
  };
  for (const [index, file] of files.entries()) {
    if (walk.isOver) break;
    const { madeSeconds, shownName } = file;
    if (madeSeconds !== undefined) {
      if (madeSeconds > toSeconds) {
        throw new RestoreProblem(
          `The base ${shownName} holds the data set as it was at ${shownTime(madeSeconds)}. What ` +
            "was before that moment is not in these files any more.",
        );
      }
      walk.lastSeconds = madeSeconds;
    }
    takeFile(walk, file, window, toSeconds, index === files.length - 1);
  }
  if (walk.unstamped > 0) failUnstamped(walk, files);
  if (walk.lastSeconds === undefined) {
    throw new RestoreProblem("The append only file holds nothing from before that moment.");
  }
  return { parts: walk.parts, lastSeconds: walk.lastSeconds, commands: walk.commands };
}

function takeFile(
  walk: Walk,
  file: OldFile,
  window: AofWindow,
  toSeconds: number,
  isLast: boolean,
): void {
  const { source, commandsAt, shownName } = file;
  const reader = new AofReader(source, window, commandsAt);
  /** Behind the last thing that is to be taken, with transactions whole. */
  let position = commandsAt;
  let isOpen = false;
  let isStamped = false;
  /** What was counted before the transaction that is open. */
  let counted = { ...walk };
  for (let isDone = false; !isDone; ) {
    const found = reader.next();
    if (found === AOF_COMMAND) {
      const word = commandName(window);
      if (word === "multi") {
        isOpen = true;
        counted = { ...walk };
      } else if (word === "exec") {
        isOpen = false;
      }
      walk.commands++;
      if (!isStamped) walk.unstamped++;
    } else if (found === AOF_ANNOTATION) {
      const seconds = reader.timestampSeconds;
      if (seconds > toSeconds) {
        walk.isOver = true;
        isDone = true;
      } else if (!Number.isNaN(seconds)) {
        isStamped = true;
        walk.unstamped = 0;
        walk.lastSeconds = Math.max(seconds, walk.lastSeconds ?? 0);
      }
    } else if (found === AOF_BROKEN) {
      throw new RestoreProblem(
        `The file ${shownName} is broken at byte ${reader.problemAt}: ${reader.problem}.`,
      );
    } else {
      if (!isLast && (found === AOF_CUT || isOpen)) {
        throw new RestoreProblem(
          `The file ${shownName} ends amid what begins at byte ${position}, and it is not the last.`,
        );
      }
      isDone = found === AOF_END || found === AOF_CUT;
    }
    if (!isOpen && !isDone) position = reader.position;
  }
  if (isOpen) {
    walk.commands = counted.commands;
    walk.unstamped = counted.unstamped;
  }
  if (position > 0) walk.parts.push({ file, bytes: position });
}

function failUnstamped({ lastSeconds, unstamped, isOver }: Walk, files: readonly OldFile[]): never {
  const since = lastSeconds === undefined ? "" : ` after ${shownTime(lastSeconds)}`;
  const names = files.map(({ shownName }) => shownName).join(", ");
  const why = isOver
    ? "have no timestamp in front of them, so it cannot be told whether they were before that moment"
    : "have no timestamps";
  throw new RestoreProblem(
    `${unstamped} commands${since} ${why} (in ${names}). Timestamps are written while ` +
      "'aof-timestamp-enabled yes' is set.",
  );
}
