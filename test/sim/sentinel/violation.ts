// What must always hold did not: the end of a history, and the start of a repair.

export class Violation extends Error {}
