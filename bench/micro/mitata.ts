/** The benchmark library, which is an ES module and comes by `import()`. */
export type Mitata = typeof import("mitata", { with: { "resolution-mode": "import" }});
