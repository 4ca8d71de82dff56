// Bundles Webitel's unmodified clients with the driver into one file that Node runs. What a Vite application would supply
// comes from outside: the alias of axios, the addresses, and the browser's globals (spec/webitel §15).
import { build } from "esbuild";

await build({
  entryPoints: ["driver.js"],
  outfile: "driver.bundle.mjs",
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  inject: ["browser.js"],
  alias: { "@aliasedDeps/api-services/axios": "./axios.js" },
  define: {
    "import.meta.env.VITE_API_URL": "globalThis.WEBITEL_API",
    "import.meta.env.VITE_AUTH_URL": '"https://sign-in.example"',
  },
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  logLevel: "error",
});
