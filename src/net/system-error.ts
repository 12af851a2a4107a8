/** What an error of the system says in numbers and names; for errors of any origin. */

/** The name, as ECONNREFUSED, or an empty text. */
export function errorCodeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
}

/** The positive number as in errno.h, or 0. */
export function errnoOf(error: unknown): number {
  return error instanceof Error && "errno" in error && typeof error.errno === "number"
    ? Math.abs(error.errno)
    : 0;
}
