/** Random texts for the parsers of floats: proper ones of every form, and damaged ones. */
import type { SeededRandom } from "../../support/seeds.js";
import { randomBytes } from "./byte-cases.js";

/** Texts in the grammar of strtod; exponents of up to `exponentMax` in magnitude. */
export function randomFloatText(random: SeededRandom, exponentMax: number): string {
  const sign = random.pick(["", "", "", "-", "-", "+"]);
  if (random.chance(0.02)) return sign + random.pick(["inf", "Infinity", "INF", "iNfInItY"]);
  const hexadecimal = random.chance(0.2);
  const digits = hexadecimal ? "00123456789abcdefABCDEF" : "0001234567899995";
  const longest = random.chance(0.05) ? 120 : random.pick([2, 6, 17, 22, 30]);
  const whole = randomBytes(random, longest, digits).toString();
  const fraction = randomBytes(random, longest, digits).toString();
  const point = fraction === "" ? random.pick(["", "."]) : ".";
  const mantissa = whole + point + fraction || "0";
  const marker = random.pick(hexadecimal ? ["p", "P"] : ["e", "E"]);
  const limit = random.chance(0.7) ? 25 : exponentMax * (hexadecimal ? 4 : 1);
  const power = random.between(-limit, limit);
  const exponent = random.chance(0.5) ? "" : `${marker}${random.pick(["", "+"])}${power}`;
  return `${sign}${hexadecimal ? random.pick(["0x", "0X"]) : ""}${mantissa}${exponent}`;
}

/** The text with one byte changed, added or removed. */
export function damaged(random: SeededRandom, text: string): string {
  const at = random.below(text.length + 1);
  const odd = random.pick([..." +-.eExXpPnainf0\0\n\xff,_%"]);
  return text.slice(0, at) + random.pick(["", odd]) + text.slice(at + random.below(2));
}

/** Texts that go wrong easily; all of one kind of number or of none. */
export const ODD_FLOAT_TEXTS: readonly string[] = [
  ...[
    "",
    ".",
    "-",
    "+",
    "-.",
    "e5",
    ".e5",
    "1e",
    "1e+",
    "1e-",
    "0x",
    "0x.",
    "0xp1",
    "0x1p",
    "1.e1",
  ],
  ...[
    ".5",
    "5.",
    "+.5",
    "--1",
    "+-1",
    "1..2",
    "1.2.3",
    " 1",
    "1 ",
    "\t1",
    "\v1",
    "1\n",
    "1,5",
    "1_0",
  ],
  ...[
    "nan",
    "NAN",
    "-nan",
    "nan(1)",
    "inf",
    "-inf",
    "+Inf",
    "infinity",
    "INFINITY",
    "infinit",
    "in",
  ],
  ...[
    "infinityx",
    "0",
    "-0",
    "+0",
    "00",
    "007",
    "-00.00e5",
    "0e999999999999999999",
    "0x0p-9",
    "__proto__",
  ],
  ...[
    "1e999999999999999999",
    "1e-999999999999999999",
    "0x1p99999999999",
    "0x1p-99999999999",
    "1\0",
  ],
  ...[
    "\x001",
    "0x1.8p0",
    "0X.8P+1",
    "0x1.",
    "1e5.5",
    "0b1",
    "0o7",
    "1d5",
    "1f",
    "1L",
    "\u0661",
    "१",
  ],
];
