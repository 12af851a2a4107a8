// Commands in which a number stands: written with always as many digits, so that it can be put into
// ready bytes.

/** Stands for the running number, always written with this many digits. */
export const NUMBER = "__number____";
const DIGIT_ZERO = 48;

/** Where the number stands in the bytes of a command. */
export function numberPlaces(template: Buffer): number[] {
  const places: number[] = [];
  for (let at = template.indexOf(NUMBER); at >= 0; at = template.indexOf(NUMBER, at + 1)) {
    places.push(at);
  }
  return places;
}

export function writeDigits(bytes: Buffer, offset: number, value: number): void {
  let left = value;
  for (let at = offset + NUMBER.length - 1; at >= offset; at--) {
    bytes[at] = DIGIT_ZERO + (left % 10);
    left = Math.floor(left / 10);
  }
}
