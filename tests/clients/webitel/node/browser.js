// The browser as far as the clients look at it: where tokens are kept, and where the window is.
const kept = new Map();
globalThis.localStorage = {
  getItem: (name) => kept.get(name) ?? null,
  setItem: (name, value) => kept.set(name, value),
};
globalThis.window = { location: { href: "https://crm.example/cases" } };
globalThis.WEBITEL_API = process.env.WEBITEL_API;
