/**
 * Whole numbers as Sentinel has always read them from its file: the digits that a word begins with,
 * whatever stands behind them, and 0 for a word without digits. Files that real Sentinels accept
 * (`5000ms`) are accepted with the same meaning.
 *
 * What always holds: the result is a safe integer, and a number beyond `most` in size counts as `most`.
 */

const INT32_MAX = 2 ** 31 - 1;

/** Reads byte text; a sign and spaces in front are allowed. */
export function leadingInteger(text: string, most = INT32_MAX): number {
  let at = 0;
  while (at < text.length && isSpace(text.charCodeAt(at))) at += 1;
  const isNegative = text[at] === "-";
  if (isNegative || text[at] === "+") at += 1;
  let value = 0;
  for (; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) break;
    value = Math.min(value * 10 + digit, most);
  }
  return isNegative && value > 0 ? -value : value;
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}
