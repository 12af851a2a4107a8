/**
 * How often error replies began with which word: INFO errorstats and total_error_replies.
 *
 * The word is the error's code (`ERR`, `WRONGTYPE`, ...). Scripts can make up codes, so their number
 * is limited; what is beyond counts in the total alone.
 */
const MOST_CODES = 128;
const SHOWN_CODE_CHARACTERS = 64;

export class ErrorCounts {
  total = 0;
  readonly #counts = new Map<string, number>();

  /** @param text an error reply without its `-`. */
  add(text: string): void {
    this.total++;
    const end = text.indexOf(" ");
    const code = text.slice(0, Math.min(end < 0 ? text.length : end, SHOWN_CODE_CHARACTERS));
    const count = this.#counts.get(code);
    if (count !== undefined || this.#counts.size < MOST_CODES) {
      this.#counts.set(code, (count ?? 0) + 1);
    }
  }

  reset(): void {
    this.total = 0;
    this.#counts.clear();
  }

  /** Names and values of INFO's section, in alphabetical order of the codes. */
  readonly fields = (): [name: string, value: string][] => {
    const codes = [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
    return codes.map(([code, count]) => [`errorstat_${code}`, `count=${count}`]);
  };
}
