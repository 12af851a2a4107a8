import type { ArgumentDoc } from "../../../command/spec";

/** Arguments that several commands on places have, as COMMAND DOCS tells them. */

function token(word: string, more: Partial<ArgumentDoc> = {}): ArgumentDoc {
  return { name: word.toLowerCase(), type: "pure-token", token: word, ...more };
}

const OPTIONAL = { flags: ["optional"] } as const;

export const KEY: ArgumentDoc = { name: "key", type: "key", keySpecIndex: 0 };
export const MEMBER: ArgumentDoc = { name: "member", type: "string" };
export const LONGITUDE: ArgumentDoc = { name: "longitude", type: "double" };
export const LATITUDE: ArgumentDoc = { name: "latitude", type: "double" };
export const RADIUS: ArgumentDoc = { name: "radius", type: "double" };
export const UNIT: ArgumentDoc = {
  name: "unit",
  type: "oneof",
  arguments: ["M", "KM", "FT", "MI"].map((word) => token(word)),
};
export const CONDITION: ArgumentDoc = {
  name: "condition",
  type: "oneof",
  since: "6.2.0",
  ...OPTIONAL,
  arguments: [token("NX"), token("XX")],
};
export const CHANGE: ArgumentDoc = token("CH", { name: "change", since: "6.2.0", ...OPTIONAL });
export const ORDER: ArgumentDoc = {
  name: "order",
  type: "oneof",
  ...OPTIONAL,
  arguments: [token("ASC"), token("DESC")],
};
export const WITH_OPTIONS: readonly ArgumentDoc[] = ["WITHCOORD", "WITHDIST", "WITHHASH"].map(
  (word) => token(word, OPTIONAL),
);
export const STORE_DISTANCE: ArgumentDoc = token("STOREDIST", OPTIONAL);
export const STORE_KEYS: readonly ArgumentDoc[] = [
  { name: "key", type: "key", keySpecIndex: 1, token: "STORE", ...OPTIONAL },
  { name: "key", type: "key", keySpecIndex: 2, token: "STOREDIST", ...OPTIONAL },
];

/** @param anySince when ANY came later than the command. */
export function count(anySince?: string): ArgumentDoc {
  const since = anySince === undefined ? {} : { since: anySince };
  return {
    name: "count",
    type: "block",
    ...OPTIONAL,
    arguments: [
      { name: "count", type: "integer", token: "COUNT" },
      token("ANY", { ...since, ...OPTIONAL }),
    ],
  };
}

export const FROM: ArgumentDoc = {
  name: "from",
  type: "oneof",
  arguments: [
    { ...MEMBER, token: "FROMMEMBER" },
    {
      name: "longitude_latitude",
      type: "block",
      token: "FROMLONLAT",
      arguments: [LONGITUDE, LATITUDE],
    },
  ],
};

export const BY: ArgumentDoc = {
  name: "by",
  type: "oneof",
  arguments: [
    { name: "circle", type: "block", arguments: [{ ...RADIUS, token: "BYRADIUS" }, UNIT] },
    {
      name: "box",
      type: "block",
      arguments: [
        { name: "width", type: "double", token: "BYBOX" },
        { name: "height", type: "double" },
        UNIT,
      ],
    },
    {
      name: "polygon",
      type: "block",
      token: "BYPOLYGON",
      since: "9.0.0",
      arguments: [
        { name: "num-vertices", type: "integer" },
        {
          name: "vertex",
          type: "block",
          flags: ["multiple"],
          arguments: [LONGITUDE, LATITUDE],
        },
      ],
    },
  ],
};
