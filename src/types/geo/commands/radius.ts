import type { Arguments } from "../../../command/arguments";
import { type KeyPositions, keyFlagBits } from "../../../command/key-positions";
import type { KeySpec } from "../../../command/key-spec";
import { type ArgumentDoc, type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import type { GeoSearch } from "../geo-search";
import { type SearchForm, STORE, STOREDIST } from "../search-arguments";
import {
  count,
  KEY,
  LATITUDE,
  LONGITUDE,
  MEMBER,
  ORDER,
  RADIUS,
  STORE_KEYS,
  UNIT,
  WITH_OPTIONS,
} from "./docs";

/** GEORADIUS, GEORADIUSBYMEMBER and their variants that only read. */

const READS = keyFlagBits("RO", "access");
const STORES = keyFlagBits("OW", "update");
/** Options are looked for from here on, also where a member stands in front of them. */
const FIRST_OPTION = 5;

/** The key that is read, and the last that was told to store under. */
function radiusKeys(args: Arguments, found: KeyPositions): boolean {
  found.add(1, READS);
  let stored = 0;
  for (let index = FIRST_OPTION; index < args.count; index++) {
    const isStore = args.is(index, STORE) || args.is(index, STOREDIST);
    if (isStore && index + 1 < args.count) stored = ++index;
  }
  if (stored > 0) found.add(stored, STORES);
  return true;
}

function storeKeys(startFrom: number): readonly KeySpec[] {
  return ["STORE", "STOREDIST"].map((keyword) => ({
    flags: ["OW", "update"],
    begin: { keyword, startFrom },
    find: { last: 0, step: 1, limit: 0 },
  }));
}

interface Variant {
  readonly name: string;
  readonly base: "georadius" | "georadiusbymember";
  readonly mayStore: boolean;
  readonly since: string;
  readonly summary: string;
  readonly replacedBy: string;
  readonly history?: readonly (readonly [version: string, change: string])[];
}

const UPPERCASE = ["7.0.0", "Took units in capitals."] as const;
const ANY = ["6.2.0", "Took ANY beside COUNT."] as const;

const VARIANTS: readonly Variant[] = [
  {
    name: "georadius",
    base: "georadius",
    mayStore: true,
    since: "3.2.0",
    summary: "Finds, or stores, the members within a distance from a place.",
    replacedBy: "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument",
    history: [ANY, UPPERCASE],
  },
  {
    name: "georadius_ro",
    base: "georadius",
    mayStore: false,
    since: "3.2.10",
    summary: "Finds the members within a distance from a place.",
    replacedBy: "`GEOSEARCH` with the `BYRADIUS` argument",
    history: [ANY],
  },
  {
    name: "georadiusbymember",
    base: "georadiusbymember",
    mayStore: true,
    since: "3.2.0",
    summary: "Finds, or stores, the members within a distance from another member.",
    replacedBy: "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments",
    history: [UPPERCASE],
  },
  {
    name: "georadiusbymember_ro",
    base: "georadiusbymember",
    mayStore: false,
    since: "3.2.10",
    summary: "Finds the members within a distance from another member.",
    replacedBy: "`GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments",
  },
];

function argumentsOf({ base, mayStore }: Variant): readonly ArgumentDoc[] {
  const isPlace = base === "georadius";
  const centre = isPlace ? [LONGITUDE, LATITUDE] : [MEMBER];
  const options = [...WITH_OPTIONS, count(isPlace ? "6.2.0" : undefined), ORDER];
  return [KEY, ...centre, RADIUS, UNIT, ...options, ...(mayStore ? STORE_KEYS : [])];
}

function radiusCommand(variant: Variant, search: GeoSearch): CommandSpec<DataCall> {
  const { name, mayStore, since, summary, replacedBy, history } = variant;
  const isPlace = variant.base === "georadius";
  const optionsIndex = isPlace ? 6 : FIRST_OPTION;
  const form: SearchForm = {
    isSearch: false,
    mayStore,
    sourceIndex: 1,
    optionsIndex,
    destinationIndex: 0,
  };
  return {
    name,
    arity: isPlace ? -6 : -5,
    flags: mayStore ? ["write", "denyoom"] : ["readonly"],
    group: "geo",
    since,
    summary,
    complexity:
      "O(N+log(M)) where N is the number of members in the square around the circle, and M that " +
      "of all.",
    keys: [keyAt(1, "RO", "access"), ...(mayStore ? storeKeys(optionsIndex) : [])],
    arguments: argumentsOf(variant),
    deprecatedSince: "6.2.0",
    replacedBy,
    ...(history !== undefined && { history }),
    ...(mayStore && { movableKeys: radiusKeys }),
    handler: (call) =>
      search.run(call, form, (asked) =>
        isPlace ? asked.readCircle(2) : asked.readCircleAroundMember(2),
      ),
  };
}

export function radiusCommands(search: GeoSearch): readonly CommandSpec<DataCall>[] {
  return VARIANTS.map((variant) => radiusCommand(variant, search));
}
