/**
 * What happens to the files of an append only file when it is opened, rewritten, cleared or taken
 * over from an older Redis: pure decisions, `(manifest, event) -> plan`. Nothing here opens a file;
 * aof-files.ts carries plans out.
 *
 * What always holds: wherever the steps of a plan end, by a failure, a kill or a loss of power, the
 * manifest on the disk names only files that are there, and these tell everything that was written
 * so far. So new files get their names first, then the manifest names them, and only then is
 * anything removed.
 */
import {
  type BaseFormat,
  baseName,
  incrementName,
  manifestName,
  temporaryIncrementName,
  temporaryManifestName,
} from "./aof-names";
import { type AofFile, formatManifest, type Manifest } from "./manifest";

/** The working directory of the server, or `appenddirname` in it. */
export type Place = "server" | "aof";

/** What a file that is renamed is; says in which words a failure is told. */
export type RenamedRole = "manifest" | "base" | "increment" | "old";

export type FileStep =
  /** Also fine when it is there. */
  | { readonly do: "make-directory" }
  /** Makes an empty file, also of one that was there. */
  | { readonly do: "create"; readonly name: string }
  /** Writes the data set into a new base file and syncs it. */
  | { readonly do: "write-base"; readonly name: string }
  | { readonly do: "write-manifest"; readonly name: string; readonly content: Uint8Array }
  | { readonly do: "sync-manifest"; readonly name: string }
  | {
      readonly do: "rename";
      readonly role: RenamedRole;
      readonly place: Place;
      readonly from: string;
      readonly to: string;
    }
  | { readonly do: "sync-directory"; readonly place: Place }
  | { readonly do: "remove"; readonly name: string; readonly place: Place };

export interface ManifestPlan {
  /** What holds, and is on the disk, when all `steps` are done. */
  readonly manifest: Manifest;
  readonly steps: readonly FileStep[];
  /** Done when the steps are; a failure is told and changes nothing. */
  readonly after: readonly FileStep[];
  /** Done as far as possible when one of the steps has failed; the old manifest holds then. */
  readonly undo: readonly FileStep[];
}

/** How a rewrite has ended. */
export interface Rewritten {
  readonly format: BaseFormat;
  /** The new base, in the working directory of the server. */
  readonly temporaryBase: string;
  /** Whether commands are being written: the last increment is not in the new base then. */
  readonly isWriting: boolean;
  /** They are written into a temporary increment, because no base was there before. */
  readonly hasTemporaryIncrement: boolean;
}

/** What of an append only file by an older Redis is there. */
export interface OldFile {
  /** A file called `appendfilename` in the working directory of the server. */
  readonly isThere: boolean;
  /** One in `appenddirname`. */
  readonly isInDirectory: boolean;
}

/**
 * At the start of the server, behind the loading: there is a base or an increment to begin with, and
 * an increment to write to. It is the last of the plan's manifest.
 */
export function planStart(manifest: Manifest, aofName: string, format: BaseFormat): ManifestPlan {
  const steps: FileStep[] = [{ do: "make-directory" }];
  let next = manifest;
  if (next.base === undefined && next.increments.length === 0) {
    const base = nextBase(next, aofName, format);
    steps.push({ do: "write-base", name: base.name });
    next = { ...next, base, baseSeq: base.seq };
  }
  if (next.increments.length > 0) return { manifest: next, steps, after: [], undo: [] };
  next = withNextIncrement(next, aofName);
  steps.push({ do: "create", name: lastIncrement(next).name });
  return persisted(next, aofName, steps, []);
}

/** At the start of a rewrite while commands are being written: they go to a file of their own. */
export function planNextIncrement(manifest: Manifest, aofName: string): ManifestPlan {
  const next = withNextIncrement(manifest, aofName);
  const { name } = lastIncrement(next);
  return persisted(next, aofName, [{ do: "create", name }], [{ do: "remove", name, place: "aof" }]);
}

/** The new base takes the place of all that it tells. */
export function planRewritten(
  manifest: Manifest,
  aofName: string,
  rewritten: Rewritten,
): ManifestPlan {
  const { format, temporaryBase, isWriting, hasTemporaryIncrement } = rewritten;
  const base = nextBase(manifest, aofName, format);
  const steps: FileStep[] = [
    { do: "rename", role: "base", place: "server", from: temporaryBase, to: base.name },
  ];
  const undo: FileStep[] = [{ do: "remove", name: base.name, place: "aof" }];
  let next = manifest;
  if (hasTemporaryIncrement) {
    next = withNextIncrement(next, aofName);
    const from = temporaryIncrementName(aofName);
    const to = lastIncrement(next).name;
    steps.push({ do: "rename", role: "increment", place: "aof", from, to });
    undo.push({ do: "remove", name: to, place: "aof" });
  }
  const { increments } = next;
  const kept = isWriting ? increments.slice(-1) : [];
  const told = increments.slice(0, increments.length - kept.length);
  // In the order in which Redis lists them: what became history last stands first.
  const previous = manifest.base === undefined ? [] : [manifest.base];
  const history = [...told, ...previous, ...manifest.history].map(asHistory);
  next = { ...next, base, baseSeq: base.seq, history, increments: kept };
  return persisted(next, aofName, steps, undo);
}

/** Removes what a rewrite has made superfluous; nothing that is also loaded, whoever wrote that. */
export function planCollection(manifest: Manifest, aofName: string): ManifestPlan {
  const { base, increments, history } = manifest;
  const live = new Set([...increments.map(({ name }) => name), base?.name]);
  const steps = history
    .filter(({ name }) => !live.has(name))
    .map(({ name }): FileStep => ({ do: "remove", name, place: "aof" }));
  return persisted({ ...manifest, history: [] }, aofName, steps, []);
}

/**
 * Whether a single file of an older Redis is to be taken over: nothing was begun yet, or the last
 * takeover ended behind its manifest.
 */
export function isToBeAdopted(manifest: Manifest, aofName: string, old: OldFile): boolean {
  if (!old.isThere || manifest.increments.length > 0) return false;
  const { base } = manifest;
  return base === undefined || (base.name === aofName && !old.isInDirectory);
}

/** The single file becomes the base, under its old name. */
export function planAdoption(manifest: Manifest, aofName: string): ManifestPlan {
  const base: AofFile = { name: aofName, seq: 1, type: "b" };
  const next = { ...manifest, base, baseSeq: base.seq };
  const { steps, after } = persisted(next, aofName, [{ do: "make-directory" }], []);
  const moves: FileStep[] = [
    { do: "rename", role: "old", place: "server", from: aofName, to: aofName },
    { do: "sync-directory", place: "aof" },
    { do: "sync-directory", place: "server" },
  ];
  return { manifest: next, steps: [...steps, ...after, ...moves], after: [], undo: [] };
}

/** The file that is written to. */
export function lastIncrement({ increments }: Manifest): AofFile {
  const last = increments.at(-1);
  if (last === undefined) throw new Error("the append only file has no increment");
  return last;
}

function withNextIncrement(manifest: Manifest, aofName: string): Manifest {
  const seq = manifest.incrementSeq + 1;
  const increment: AofFile = { name: incrementName(aofName, seq), seq, type: "i" };
  return { ...manifest, increments: [...manifest.increments, increment], incrementSeq: seq };
}

function nextBase(manifest: Manifest, aofName: string, format: BaseFormat): AofFile {
  const seq = manifest.baseSeq + 1;
  return { name: baseName(aofName, seq, format), seq, type: "b" };
}

function asHistory(file: AofFile): AofFile {
  return { ...file, type: "h" };
}

/** Behind the steps, the new manifest takes the place of the old one. */
function persisted(
  manifest: Manifest,
  aofName: string,
  steps: readonly FileStep[],
  undo: readonly FileStep[],
): ManifestPlan {
  const name = temporaryManifestName(aofName);
  return {
    manifest,
    steps: [
      ...steps,
      { do: "write-manifest", name, content: formatManifest(manifest) },
      { do: "sync-manifest", name },
      // A loss of power must not leave a manifest without the files that it names.
      { do: "sync-directory", place: "aof" },
      { do: "rename", role: "manifest", place: "aof", from: name, to: manifestName(aofName) },
    ],
    after: [{ do: "sync-directory", place: "aof" }],
    undo: [...undo, { do: "remove", name, place: "aof" }],
  };
}
