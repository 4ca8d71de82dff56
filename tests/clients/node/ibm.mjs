// Runs through IBM's Node client against a Casework server and prints one JSON line per check.
// A check that throws is a finding, not a crash: the exit code only tells whether the script came to its end.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import path from "node:path";
import { Readable } from "node:stream";

const env = process.env;
const require = createRequire(path.join(env.CASEWORK_PACKAGES, "package.json"));
const CaseManagementV1 = require("@ibm-cloud/platform-services/case-management/v1");
const { IamAuthenticator, BearerTokenAuthenticator } = require("ibm-cloud-sdk-core");

const serviceUrl = `${env.CASEWORK_URL}/ibm/case-management/v1`;
const offering = { name: "Cloud Object Storage", type: { group: "crn_service_name", key: "cloud-object-storage" } };
const crn = "crn:v1:staging:public:cloud-object-storage:global:a/19c52e57800c4d8bb9aefc66b3e49755:61848e72::";
const watcher = { realm: "IBMid", user_id: env.CASEWORK_WATCHER };
const stranger = { realm: "IBMid", user_id: "abc@ibm.example" };
const run = randomUUID();

function connect(apikey, options = {}) {
  const authenticator = new IamAuthenticator({ apikey, url: `${env.CASEWORK_URL}/ibm` });
  return CaseManagementV1.newInstance({ authenticator, serviceUrl, ...options });
}

async function check(name, body) {
  let finding = { check: name, ok: true, detail: "" };
  try {
    await body();
  } catch (error) {
    finding = { check: name, ok: false, detail: `${error.stack ?? error}\n${error.body ?? ""}` };
  }
  process.stdout.write(`${JSON.stringify(finding)}\n`);
}

async function refused(status, promise) {
  const error = await promise.then(
    (answer) => assert.fail(`expected ${status}, got ${answer.status}`),
    (caught) => caught,
  );
  assert.equal(error.status, status, `${error.message} ${error.stack}`);
  return error;
}

async function bytes(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

const service = connect(env.CASEWORK_APIKEY);
let opened = 0;

async function create(members = {}) {
  opened += 1;
  const subject = `Node SDK ${run} ${opened}`;
  const params = { type: "technical", subject, description: "Test", severity: 4, offering, ...members };
  const { result, status } = await service.createCase(params);
  assert.equal(status, 200);
  return result;
}

async function upload(caseNumber, file) {
  const { result, status } = await service.uploadFile({ caseNumber, file: [file] });
  assert.equal(status, 200);
  return result;
}

await check("creates a technical case", async () => {
  const found = await create({ subject: `Node SDK created ${run}`, description: "Please ignore" });
  assert.match(found.number, /^CS\d{7,}$/);
  assert.equal(found.short_description, `Node SDK created ${run}`);
  assert.equal(found.description, "Please ignore");
  assert.equal(found.severity, 4);
  assert.equal(found.status, "New");
  assert.deepEqual(found.offering, offering);
});

await check("creates a case with everything", async () => {
  const found = await create({
    type: "billing_and_invoice",
    eu: { supported: true, data_center: 1 },
    resources: [{ crn, note: "note" }],
    watchlist: [watcher],
    invoiceNumber: "INV-1",
    slaCreditRequest: false,
  });
  assert.deepEqual(found.eu, { support: true, data_center: "1" });
  assert.equal(found.resources[0].crn, crn);
  assert.equal(found.watchlist[0].user_id, watcher.user_id);
});

await check("creates a case with explicit nulls", async () => {
  const found = await create({
    type: "sales",
    severity: null,
    eu: null,
    offering: null,
    resources: null,
    watchlist: null,
    invoiceNumber: null,
    slaCreditRequest: null,
  });
  assert.equal(found.severity, 4);
  assert.ok(!("offering" in found));
});

await check("gets 400 for a technical case without an offering", async () => {
  const error = await refused(400, create({ offering: undefined }));
  assert.ok(error.message);
  assert.equal(error.result.status_code, 400);
  assert.ok(error.headers["x-global-transaction-id"]);
});

await check("gets 400 for a subject or description too long and for a bad type", async () => {
  await refused(400, create({ subject: "s".repeat(161) }));
  await refused(400, create({ description: "d".repeat(4001) }));
  await refused(400, create({ type: "invalid_type" }));
});

await check("reads a case", async () => {
  const { number } = await create();
  const { result, status } = await service.getCase({ caseNumber: number });
  assert.equal(status, 200);
  assert.equal(result.number, number);
  assert.equal(result.created_by.name, "Alice Admin");
});

await check("selects fields and the others are absent", async () => {
  const { number } = await create();
  const fields = ["number", "short_description"];
  const { result } = await service.getCase({ caseNumber: number, fields });
  assert.deepEqual(Object.keys(result).sort(), fields);
});

await check("sends empty lists and an empty search", async () => {
  const { result } = await service.getCases({ status: [], fields: [], search: "", limit: 1 });
  assert.equal(result.cases.length, 1);
  assert.ok("description" in result.cases[0]);
});

await check("gets 400 for unknown fields", async () => {
  const { number } = await create();
  await refused(400, service.getCase({ caseNumber: number, fields: ["invalid_field"] }));
  await refused(400, service.getCases({ fields: ["invalid_field"] }));
});

await check("lists cases with every parameter", async () => {
  const { number } = await create();
  const query = { offset: 0, limit: 5, search: `Node SDK ${run}`, sort: "~number", status: ["new", "in_progress"] };
  const { result } = await service.getCases({ ...query, fields: ["number", "status"] });
  assert.deepEqual(result.cases[0], { number, status: "New" });
  assert.ok(result.first.href);
  assert.ok(result.last.href);
});

await check("finds text with spaces in the subject", async () => {
  const { number } = await create();
  const { result } = await service.getCases({ search: `node sdk ${run}`, limit: 100 });
  assert.ok(result.cases.some((found) => found.number === number));
});

await check("lists nothing as an empty array", async () => {
  const { result } = await service.getCases({ search: randomUUID() });
  assert.deepEqual(result.cases, []);
  assert.equal(result.total_count, 0);
});

await check("pages through more than ten cases to the end", async () => {
  while (opened < 25) await create();
  const query = { limit: 10, search: `Node SDK ${run}`, sort: "number", status: ["new"] };
  const { result } = await service.getCases(query);
  const pager = new CaseManagementV1.GetCasesPager(service, query);
  const seen = [];
  while (pager.hasNext()) seen.push(...(await pager.getNext()));
  assert.ok(result.total_count > 11);
  assert.equal(seen.length, result.total_count);
  assert.equal(new Set(seen.map((found) => found.number)).size, seen.length);
  const all = await new CaseManagementV1.GetCasesPager(service, query).getAll();
  assert.deepEqual(all, seen);
});

await check("adds a comment", async () => {
  const { number } = await create();
  const { result, status } = await service.addComment({ caseNumber: number, comment: "Test comment" });
  assert.equal(status, 200);
  assert.equal(result.value, "Test comment");
  assert.equal(result.added_by.name, "Alice Admin");
});

await check("adds watchers and reports strangers", async () => {
  const { number } = await create();
  const { result, status } = await service.addWatchlist({ caseNumber: number, watchlist: [watcher, stranger] });
  assert.equal(status, 200);
  assert.deepEqual(result.added.map((user) => user.user_id), [watcher.user_id]);
  assert.deepEqual(result.failed.map((user) => user.user_id), [stranger.user_id]);
});

await check("removes watchers", async () => {
  const { number } = await create({ watchlist: [watcher] });
  const kept = await service.removeWatchlist({ caseNumber: number, watchlist: [stranger] });
  assert.equal(kept.result.watchlist.length, 1);
  const { result } = await service.removeWatchlist({ caseNumber: number, watchlist: [watcher] });
  assert.deepEqual(result, { watchlist: [] });
});

await check("calls the watchlist without a list", async () => {
  const { number } = await create();
  assert.deepEqual((await service.addWatchlist({ caseNumber: number })).result, { added: [], failed: [] });
  assert.deepEqual((await service.removeWatchlist({ caseNumber: number })).result, { watchlist: [] });
});

await check("adds resources", async () => {
  const { number } = await create();
  const { result, status } = await service.addResource({ caseNumber: number, crn, note: "Test resource" });
  assert.equal(status, 200);
  assert.equal(result.crn, crn);
  const device = await service.addResource({ caseNumber: number, type: "server", id: 12 });
  assert.equal(device.result.crn, "12");
  await refused(400, service.addResource({ caseNumber: number, note: "neither" }));
});

await check("resolves and unresolves", async () => {
  const { number } = await create();
  const resolve = { action: "resolve", comment: "Resolved by a test", resolution_code: 1 };
  const resolved = await service.updateCaseStatus({ caseNumber: number, statusPayload: resolve });
  assert.equal(resolved.result.status, "Resolved");
  await refused(409, service.updateCaseStatus({ caseNumber: number, statusPayload: resolve }));
  const unresolve = { action: "unresolve", comment: "Reopened" };
  const reopened = await service.updateCaseStatus({ caseNumber: number, statusPayload: unresolve });
  assert.equal(reopened.result.status, "In Progress");
  await refused(409, service.updateCaseStatus({ caseNumber: number, statusPayload: { action: "accept" } }));
});

await check("uploads and downloads a buffer with a name", async () => {
  const { number } = await create();
  const data = Buffer.from([0, 255, 128, 1]);
  const file = await upload(number, { data, filename: "test file.txt", contentType: "text/plain" });
  assert.equal(file.filename, "test file.txt");
  assert.equal(file.size_in_bytes, 4);
  const { result, headers, status } = await service.downloadFile({ caseNumber: number, fileId: file.id });
  assert.equal(status, 200);
  assert.equal(headers["content-type"], "application/octet-stream");
  assert.deepEqual(await bytes(result), data);
});

await check("uploads a buffer without a name", async () => {
  const { number } = await create();
  const file = await upload(number, { data: Buffer.from("nameless"), contentType: "text/plain" });
  assert.ok(file.filename);
  const { result } = await service.downloadFile({ caseNumber: number, fileId: file.id });
  assert.equal((await bytes(result)).toString(), "nameless");
});

await check("uploads a stream in chunks", async () => {
  const { number } = await create();
  const data = Readable.from([Buffer.alloc(70_000, "a"), Buffer.alloc(70_000, "b")]);
  const file = await upload(number, { data, filename: "streamed.log", contentType: "text/plain" });
  assert.equal(file.size_in_bytes, 140_000);
});

await check("uploads names with quotes and letters of all scripts", async () => {
  const { number } = await create();
  for (const filename of ['say "hi" twice.txt', "größe 文件.txt"]) {
    const file = await upload(number, { data: Buffer.from("x"), filename, contentType: "text/plain" });
    assert.equal(file.filename, filename);
  }
});

await check("uploads a json file and gets its bytes back", async () => {
  const { number } = await create();
  const data = Buffer.from('{"a": [1]}');
  const file = await upload(number, { data, filename: "data.json", contentType: "application/json" });
  const { result } = await service.downloadFile({ caseNumber: number, fileId: file.id });
  assert.deepEqual(await bytes(result), data);
});

await check("gets 400 for an empty list of files", async () => {
  const { number } = await create();
  await refused(400, service.uploadFile({ caseNumber: number, file: [] }));
});

await check("gets 413 for a large file and 415 for a bad extension", async () => {
  const { number } = await create();
  const big = { data: Buffer.alloc(8 * 1024 * 1024 + 1), filename: "big.dat" };
  await refused(413, service.uploadFile({ caseNumber: number, file: [big] }));
  const bad = { data: Buffer.from("x"), filename: "setup.exe" };
  await refused(415, service.uploadFile({ caseNumber: number, file: [bad] }));
});

await check("deletes files down to an empty list", async () => {
  const { number } = await create();
  const file = await upload(number, { data: Buffer.from("x"), filename: "a.txt" });
  const { result, status } = await service.deleteFile({ caseNumber: number, fileId: file.id });
  assert.equal(status, 200);
  assert.deepEqual(result, { attachments: [] });
  await refused(404, service.deleteFile({ caseNumber: number, fileId: file.id }));
});

await check("gets 404 for an unknown case everywhere", async () => {
  const caseNumber = "fake-case-number";
  const statusPayload = { action: "resolve", resolution_code: 1 };
  const file = [{ data: Buffer.from("x"), filename: "a.txt" }];
  const error = await refused(404, service.getCase({ caseNumber }));
  assert.equal(error.message, error.result.errors[0].message);
  await refused(404, service.getCase({ caseNumber: "CS 1/2" }));
  await refused(404, service.updateCaseStatus({ caseNumber, statusPayload }));
  await refused(404, service.addComment({ caseNumber, comment: "x" }));
  await refused(404, service.addWatchlist({ caseNumber, watchlist: [watcher] }));
  await refused(404, service.removeWatchlist({ caseNumber, watchlist: [watcher] }));
  await refused(404, service.addResource({ caseNumber, crn }));
  await refused(404, service.uploadFile({ caseNumber, file }));
  await refused(404, service.deleteFile({ caseNumber, fileId: "x" }));
  const download = await refused(404, service.downloadFile({ caseNumber, fileId: "x" }));
  assert.equal(download.statusText, "Not Found");
});

await check("sends compressed json bodies", async () => {
  const squeezing = connect(env.CASEWORK_APIKEY, { enableGzipCompression: true });
  const { number } = await create();
  const { result } = await squeezing.addComment({ caseNumber: number, comment: "squeezed" });
  assert.equal(result.value, "squeezed");
  const listed = await squeezing.getCases({ limit: 1 });
  assert.equal(listed.status, 200);
});

await check("is refused by iam with a wrong key", async () => {
  await refused(400, connect("not-a-key").getCases());
});

await check("is refused by the api with a wrong token", async () => {
  const authenticator = new BearerTokenAuthenticator({ bearerToken: "not-a-token" });
  await refused(401, CaseManagementV1.newInstance({ authenticator, serviceUrl }).getCases());
});

await check("meets roles as 403 and other tenants as 404", async () => {
  const { number } = await create();
  const viewer = connect(env.CASEWORK_VIEWER_APIKEY);
  assert.equal((await viewer.getCase({ caseNumber: number })).result.number, number);
  await refused(403, viewer.addComment({ caseNumber: number, comment: "x" }));
  await refused(404, connect(env.CASEWORK_OTHER_APIKEY).getCase({ caseNumber: number }));
});

await check("serves retrying clients without setting off a retry", async () => {
  const stubborn = connect(env.CASEWORK_APIKEY);
  stubborn.enableRetries({ maxRetries: 3, maxRetryInterval: 1 });
  const subject = `Node SDK retries ${randomUUID()}`;
  await stubborn.createCase({ type: "sales", subject, description: "Test" });
  await refused(400, stubborn.createCase({ type: "nonsense", subject, description: "Test" }));
  assert.equal((await stubborn.getCases({ search: subject })).result.total_count, 1);
});

// The body of a refused download is a stream that the client leaves unread; its socket would keep the process alive.
process.stdout.write("", () => process.exit(0));
