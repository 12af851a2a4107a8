import { formatDouble17, formatDoubleShortest } from "../../base/double";
import { formatInteger } from "../../base/int64";

/**
 * Scores as the text that a listpack keeps. Integers, which most scores are, allocate nothing.
 */

/** Room for the longest score. */
export const SCORE_TEXT_BYTES = 32;
/** Up to half of the largest int64 in magnitude Redis keeps an integral score as an integer. */
const LARGEST_INTEGER = 2 ** 62;

/**
 * Writes a score to the start of `out` and returns its length: integers in full, all else as C's
 * `%.17g`.
 * @param keepsMinusZero whether -0 is told apart from 0, which Redis's own listpacks cannot.
 */
export function writeScoreText(score: number, keepsMinusZero: boolean, out: Uint8Array): number {
  if (Number.isSafeInteger(score) && !(keepsMinusZero && Object.is(score, -0))) {
    return formatInteger(score, out, 0);
  }
  const isIntegral = Number.isInteger(score) && Math.abs(score) <= LARGEST_INTEGER;
  const text = isIntegral ? formatDoubleShortest(score) : formatDouble17(score);
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  return text.length;
}
