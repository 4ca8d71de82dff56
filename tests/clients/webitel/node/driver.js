// Runs Webitel's clients on command. A line of JSON in: {id, token, call: "api.CaseSourcesAPI.getList", args: [...]}.
// A line of JSON out: {id, value | error: {status, body, message}, told: [what the user would see], at: where the window is}.
// `api` holds the hand-written wrappers, `gen` the generated functions, `sdk` the classes of webitel-sdk.
import readline from "node:readline";
import * as api from "@webitel/api-services/api";
import { setConfig } from "@webitel/api-services";
import * as gen from "@webitel/api-services/gen";
import { ServicesAPI } from "./node_modules/@webitel/api-services/src/api/clients/caseServices/services";
import { SLAConditionsAPI } from "./node_modules/@webitel/api-services/src/api/clients/slaConditions/slaConditions";
import * as sdk from "webitel-sdk";

const hidden = { ServicesAPI, SLAConditionsAPI };
const told = [];
setConfig({ eventBus: { $emit: (_, { text }) => told.push(String(text)) } });

const plain = (answer) =>
  answer && typeof answer === "object" && "config" in answer && "status" in answer ? answer.data : answer;

function target(token, [where, group, name]) {
  if (where === "gen") return gen[group]()[name];
  if (where === "sdk") {
    const configuration = new sdk.Configuration({ basePath: globalThis.WEBITEL_API, apiKey: token });
    const made = new sdk[group](configuration);
    return made[name].bind(made);
  }
  return { ...api, ...hidden }[group][name];
}

async function run({ id, token, call, args }) {
  localStorage.setItem("access-token", token);
  window.location.href = "https://crm.example/cases";
  told.length = 0;
  const answer = { id };
  try {
    const value = plain(await target(token, call.split("."))(...args.map((arg) => (arg === null ? undefined : arg))));
    answer.value = value === undefined ? null : value;
  } catch (error) {
    const { status = null, data = null } = error.response ?? {};
    answer.error = { status, body: data, message: String(error) };
  }
  return { ...answer, told: [...told], at: window.location.href };
}

process.stdout.write(`${JSON.stringify({ ready: Object.keys(api).length + Object.keys(gen).length })}\n`);
for await (const line of readline.createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await run(JSON.parse(line)))}\n`);
}
