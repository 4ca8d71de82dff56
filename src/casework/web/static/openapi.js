// Shows the OpenAPI document that <main data-spec> names. Everything from the document goes into the page as text
// nodes, never as markup. Details are built when they are opened, so that recursive schemas end where the reader does.

const METHODS = ["get", "put", "post", "patch", "delete", "head", "options", "trace"];
const main = document.querySelector("main");
const nav = document.querySelector("nav");
const status = document.querySelector("#status");
const filter = document.querySelector("#filter");
const unfold = document.querySelector("#unfold");
let spec = {};

// Elements

function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== ""));
  return element;
}

const code = (text) => h("code", {}, text);
const badge = (text, kind = text) => h("span", { class: `badge ${kind}` }, text);
const separated = (items, by) => items.flatMap((item, index) => (index ? [by, item] : [item]));
const spaced = (items) => separated(items, " ");

function details(attributes, summary, build) {
  const element = h("details", attributes, h("summary", {}, summary));
  const fill = () => {
    if (element.open && element.childElementCount === 1) element.append(...[build()].flat(Infinity));
  };
  element.addEventListener("toggle", fill);
  fill();
  return element;
}

// A little Markdown: paragraphs, lists, `code`, **bold** and links to the web.

function prose(text) {
  const blocks = [];
  for (const paragraph of String(text ?? "").trim().split(/\n\s*\n/)) {
    let open;
    for (const line of paragraph.split("\n")) {
      const item = /^\s*(?:[-*]|\d+\.)\s+(.*)/.exec(line);
      if (item) {
        if (open?.list) open.lines.push(item[1]);
        else blocks.push((open = { list: true, lines: [item[1]] }));
      } else if (open?.list && /^\s/.test(line)) open.lines.push(`${open.lines.pop()} ${line.trim()}`);
      else if (open && !open.list) open.lines[0] += ` ${line.trim()}`;
      else if (line.trim()) blocks.push((open = { lines: [line.trim()] }));
    }
  }
  const entry = (line) => h("li", {}, inline(line));
  return blocks.map(({ list, lines }) => (list ? h("ul", {}, lines.map(entry)) : h("p", {}, inline(lines[0]))));
}

function inline(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\(https?:[^)\s]+\))/).map((piece) => {
    if (/^`[^`]+`$/.test(piece)) return code(piece.slice(1, -1));
    if (/^\*\*[^*]+\*\*$/.test(piece)) return h("strong", {}, piece.slice(2, -2));
    const link = /^\[([^\]]+)\]\((https?:[^)\s]+)\)$/.exec(piece);
    return link ? h("a", { href: link[2], rel: "noreferrer" }, link[1]) : piece;
  });
}

// References and schemas

function target(reference) {
  if (!reference.startsWith("#/")) return { description: `defined in ${reference}` };
  const plain = (key) => decodeURIComponent(key).replace(/~1/g, "/").replace(/~0/g, "~");
  const found = reference.slice(2).split("/").map(plain).reduce((node, key) => node?.[key], spec);
  return found ?? { description: `${reference} is missing` };
}

function resolved(node) {
  const seen = new Set();
  let result = node;
  while (result?.$ref && !seen.has(result.$ref)) {
    seen.add(result.$ref);
    const { $ref, ...beside } = result;
    result = { ...target($ref), ...beside };
  }
  return result;
}

// A schema without $ref and allOf on its surface.
function flat(schema, seen = []) {
  const result = resolved(schema);
  if (!result?.allOf || seen.includes(result.allOf)) return result;
  const { allOf, ...own } = result;
  const parts = [own, ...allOf.map((part) => flat(part, [...seen, allOf]))].filter((part) => typeof part === "object");
  const merged = Object.assign({}, ...parts.toReversed());
  merged.properties = Object.assign({}, ...parts.map((part) => part.properties));
  merged.required = parts.flatMap((part) => part.required ?? []);
  return merged;
}

const refName = (schema) => schema?.$ref?.split("/").pop();

function typeText(schema, seen = []) {
  if (schema === true || schema === undefined) return "anything";
  if (schema === false) return "nothing";
  const name = refName(schema);
  if (seen.includes(name)) return name;
  const s = flat(schema);
  const within = name ? [...seen, name] : seen;
  const options = s.oneOf ?? s.anyOf;
  const named = (type) => (type === "array" && s.items ? `array of ${typeText(s.items, within)}` : type);
  let text = [s.type ?? []].flat().map(named).join(" or ");
  if (!text && options) text = [...new Set(options.map((option) => typeText(option, within)))].join(" or ");
  if (!text && Object.keys(s.properties ?? {}).length) text = "object";
  if (!text) text = typeof (s.const ?? s.enum?.[0] ?? undefined);
  if (text === "undefined") text = "anything";
  if (s.format) text += ` (${s.format})`;
  if (s.nullable) text += " or null";
  return name && (text === "object" || options) ? name : text;
}

const LIMITS = {
  minLength: "at least $ characters", maxLength: "at most $ characters", minimum: "≥ $", maximum: "≤ $",
  exclusiveMinimum: "> $", exclusiveMaximum: "< $", multipleOf: "multiple of $", minItems: "at least $ items",
  maxItems: "at most $ items", minProperties: "at least $ members", maxProperties: "at most $ members",
};

const literal = (value) => code(typeof value === "string" && value !== "" ? value : JSON.stringify(value));
const literals = (values) => separated(values.map(literal), ", ");

const fact = (...text) => h("span", { class: "fact" }, text);

function limits(s) {
  const lines = Object.entries(LIMITS).filter(([key]) => s[key] !== undefined)
    .map(([key, text]) => (s[key] === 1 ? text.replace(/s$/, "") : text).replace("$", String(s[key])));
  const facts = lines.length ? [[lines.join(", ")]] : [];
  if (s.uniqueItems) facts.push(["no item twice"]);
  if (s.pattern) facts.push(["matches ", code(s.pattern)]);
  if (s.const !== undefined) facts.push(["always ", literal(s.const)]);
  if (s.enum) facts.push(["one of ", literals(s.enum)]);
  if (s.default !== undefined) facts.push(["default ", literal(s.default)]);
  if (s.additionalProperties === false) facts.push(["no other members"]);
  const examples = s.examples ?? (s.example === undefined ? [] : [s.example]);
  if (Array.isArray(examples) && examples.length && examples.every((example) => typeof example !== "object"))
    facts.push(["for example ", literals(examples)]);
  const items = s.items && flat(s.items);
  if (items?.enum) facts.push(["each one of ", literals(items.enum)]);
  return facts.map((text) => fact(text));
}

// What is inside a schema: [label, schema, required].
function inside(s) {
  const required = new Set(s.required ?? []);
  const found = Object.entries(s.properties ?? {}).map(([name, schema]) => [code(name), schema, required.has(name)]);
  for (const [pattern, schema] of Object.entries(s.patternProperties ?? {}))
    found.push([["members named like ", code(pattern)], schema]);
  if (typeof s.additionalProperties === "object") found.push(["other members", s.additionalProperties]);
  (s.prefixItems ?? []).forEach((schema, index) => found.push([`item ${index + 1}`, schema]));
  if (s.items && structured(s.items)) found.push(["each item", s.items]);
  for (const [options, label] of [[s.oneOf, "either"], [s.anyOf, "any of"]])
    if (options?.some((option) => structured(option)))
      options.forEach((option, index) => found.push([index ? "or" : label, option]));
  for (const [key, label] of Object.entries(CONDITIONS)) if (s[key] !== undefined) found.push([label, s[key]]);
  const unlisted = [...required].filter((name) => !s.properties?.[name]);
  if (unlisted.length) found.push([[badge("required"), " ", literals(unlisted)], undefined]);
  return found;
}

const CONDITIONS = {
  if: "if it fits", then: "then also", else: "otherwise", not: "but not", contains: "with an item",
  propertyNames: "names of members",
};
const INSIDE = ["properties", "patternProperties", "required", "prefixItems", ...Object.keys(CONDITIONS)];

const ownInside = (s) =>
  INSIDE.some((key) => s[key] && Object.keys(s[key]).length) || typeof s.additionalProperties === "object";

// Whether a schema has anything inside that its type does not say.
function structured(schema, seen = []) {
  if (!schema || typeof schema !== "object" || seen.includes(schema.$ref)) return false;
  const s = flat(schema);
  const within = schema.$ref ? [...seen, schema.$ref] : seen;
  return ownInside(s) || [s.items ?? [], s.oneOf ?? [], s.anyOf ?? []].flat().some((part) => structured(part, within));
}

// What a reader wants to look into: the items of a plain array, the one option beside null.
function core(schema) {
  const s = flat(schema);
  const parts = [s.items ?? [], s.oneOf ?? [], s.anyOf ?? []].flat().filter((part) => structured(part));
  return parts.length === 1 && !ownInside(s) ? core(parts[0]) : schema;
}

function members(schema) {
  return h("ul", { class: "members" }, inside(flat(schema)).map(([label, inner, required]) => {
    if (inner === undefined) return h("li", {}, label);
    const s = flat(inner);
    const name = refName(core(inner));
    return h("li", {},
      line(label, inner, [...marks(s, required), ...limits(s)]),
      prose(s.description),
      structured(inner) ? details({}, ["inside ", name ? code(name) : ""], () => members(core(inner))) : "");
  }));
}

function line(label, schema, rest) {
  return h("div", { class: "line" }, spaced([label, h("span", { class: "type" }, typeText(schema)), ...rest]));
}

function marks(s, required) {
  const quiet = [s.readOnly && "read only", s.writeOnly && "write only"].filter(Boolean);
  const loud = [required && "required", s.deprecated && "deprecated"].filter(Boolean);
  return [...loud.map((mark) => badge(mark)), ...quiet.map((mark) => badge(mark, "quiet"))];
}

function schemaView(schema) {
  const s = flat(schema);
  return [line("", schema, limits(s)), prose(s.description), structured(schema) ? members(core(schema)) : ""];
}

// Parts of an operation

function sample(value) {
  return h("pre", { tabindex: "0" }, h("code", {}, typeof value === "string" ? value : JSON.stringify(value, null, 2)));
}

function examplesOf(media) {
  const one = media.example === undefined ? [] : [["", { value: media.example }]];
  return [...one, ...Object.entries(media.examples ?? {})].map(([name, entry]) => {
    const { summary = name, description, value, externalValue } = resolved(entry);
    const heading = h("h5", {}, summary ? `Example: ${summary}` : "Example");
    return [heading, prose(description), sample(value ?? externalValue ?? null)];
  });
}

function contentView(content) {
  return Object.entries(content ?? {}).map(([kind, media]) => h("div", { class: "content" }, h("p", {}, code(kind)),
    media.schema === undefined ? "" : schemaView(media.schema), examplesOf(media)));
}

function parameterList(parameters) {
  return h("ul", { class: "members" }, parameters.map((parameter) => {
    const schema = parameter.schema ?? Object.values(parameter.content ?? {})[0]?.schema ?? {};
    const s = flat(schema);
    const example = parameter.example === undefined ? [] : [fact("for example ", literal(parameter.example))];
    return h("li", {},
      line(code(parameter.name), schema,
        [badge(parameter.in, "quiet"), ...marks({ ...s, ...parameter }, parameter.required), ...limits(s), ...example]),
      prose(parameter.description ?? s.description));
  }));
}

function responseView([statusCode, reference]) {
  const response = resolved(reference);
  const kind = /^2/.test(statusCode) ? "fine" : /^[45]/.test(statusCode) ? "refused" : "quiet";
  const label = [badge(statusCode, kind), " ", inline(response.description ?? "")];
  const header = ([name, reference]) => ({ ...resolved(reference), name, in: "header" });
  const headers = Object.entries(response.headers ?? {}).map(header);
  if (!headers.length && !response.content) return h("p", { class: "bare" }, label);
  return details({ class: "response", ...(kind === "fine" && { open: "" }) }, label,
    () => [headers.length ? parameterList(headers) : "", contentView(response.content)]);
}

function securityText(requirements) {
  if (!requirements) return "";
  const scheme = ([name, scopes]) => [code(name), scopes.length ? [" with ", literals(scopes)] : ""];
  const way = (schemes) => h("span", {}, schemes.length ? separated(schemes.map(scheme), " and ") : "none");
  const ways = requirements.map((requirement) => way(Object.entries(requirement)));
  return h("p", { class: "security" }, "Authentication: ", ways.length ? separated(ways, " or ") : "none");
}

function operationBody({ item, operation }) {
  const own = (operation.parameters ?? []).map(resolved);
  const inherited = (item.parameters ?? []).map(resolved)
    .filter((parameter) => !own.some((other) => other.in === parameter.in && other.name === parameter.name));
  const parameters = [...inherited, ...own];
  const body = resolved(operation.requestBody);
  const servers = operation.servers ?? item.servers;
  return h("div", { class: "body" }, prose(operation.description ?? item.description),
    servers ? h("p", {}, "Served at ", separated(servers.map(({ url }) => code(url)), ", ")) : "",
    securityText(operation.security ?? spec.security),
    parameters.length ? [h("h4", {}, "Parameters"), parameterList(parameters)] : "",
    body ? h("h4", {}, "Request body ", marks({}, body.required)) : "", prose(body?.description),
    contentView(body?.content),
    h("h4", {}, "Responses"), Object.entries(operation.responses ?? {}).map(responseView));
}

// The page

function operations() {
  const found = [];
  for (const [group, fallback] of [["paths", "Operations"], ["webhooks", "Webhooks"]]) {
    for (const [path, reference] of Object.entries(spec[group] ?? {})) {
      const item = resolved(reference);
      for (const method of METHODS.filter((name) => item[name])) {
        const operation = item[method];
        const id = `operation-${operation.operationId ?? `${method}-${path}`}`.replace(/[^\w.-]+/g, "-");
        const tag = (group === "paths" && operation.tags?.[0]) || fallback;
        const words = [method, path, operation.operationId, operation.summary, operation.description, operation.tags];
        found.push({ method, path, item, operation, id, tag, text: words.flat().join(" ").toLowerCase() });
      }
    }
  }
  return found;
}

function section(tag, entries) {
  const described = (spec.tags ?? []).find(({ name }) => name === tag);
  for (const entry of entries) {
    const { method, path, operation, id } = entry;
    const words = path.split(/(?<=\/)/).flatMap((word) => [word, h("wbr")]);
    const verb = () => badge(method.toUpperCase(), method);
    const summary = h("span", { class: "summary" }, operation.summary ?? operation.operationId ?? "");
    const { deprecated } = operation;
    const label = spaced([verb(), h("span", { class: "path" }, words), summary, ...marks({ deprecated })]);
    entry.view = details({ class: "operation", id }, label, () => operationBody(entry));
    entry.link = h("li", {}, h("a", { href: `#${id}` }, verb(), h("span", {}, operation.summary ?? path)));
  }
  const view = h("section", {}, h("h2", {}, tag), prose(described?.description), entries.map((entry) => entry.view));
  const links = h("div", {}, h("h2", {}, tag), h("ul", {}, entries.map((entry) => entry.link)));
  return { view, links, entries };
}

function schemeView([name, reference]) {
  const scheme = resolved(reference);
  const place = scheme.name && `${scheme.in} ${scheme.name}`;
  const facts = [scheme.type, scheme.scheme, scheme.bearerFormat, place].filter(Boolean);
  const flows = Object.entries(scheme.flows ?? {}).map(([flow, { tokenUrl, authorizationUrl }]) =>
    h("p", {}, `${flow}: `, spaced([authorizationUrl, tokenUrl].filter(Boolean).map(code))));
  return h("li", {}, h("div", { class: "line" }, code(name), " ", facts.join(", ")), prose(scheme.description), flows);
}

function about() {
  const schemes = Object.entries(spec.components?.securitySchemes ?? {});
  const servers = (spec.servers ?? []).map(({ url }) => code(url));
  return h("section", {},
    h("p", { class: "version" }, spec.info?.title ?? "", " ", badge(`version ${spec.info?.version ?? "?"}`, "quiet")),
    prose(spec.info?.description),
    servers.length ? h("p", {}, "Base URL: ", separated(servers, ", ")) : "",
    schemes.length ? details({}, "Authentication", () => h("ul", { class: "members" }, schemes.map(schemeView))) : "");
}

function show() {
  const all = operations();
  const known = (spec.tags ?? []).map(({ name }) => name);
  const used = new Set(all.map(({ tag }) => tag));
  const tags = [...known.filter((tag) => used.has(tag)), ...[...used].filter((tag) => !known.includes(tag))];
  const sections = tags.map((tag) => section(tag, all.filter((entry) => entry.tag === tag)));
  main.append(about(), ...sections.map(({ view }) => view));
  const wide = matchMedia("(min-width: 60rem)").matches;
  nav.append(details(wide ? { open: "" } : {}, "Operations", () => sections.map(({ links }) => links)));
  connect(sections, all);
}

function connect(sections, all) {
  const sift = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const { view, links, entries } of sections) {
      for (const entry of entries)
        entry.view.hidden = entry.link.hidden = !words.every((word) => entry.text.includes(word));
      view.hidden = links.hidden = entries.every((entry) => entry.view.hidden);
    }
    const left = all.filter((entry) => !entry.view.hidden).length;
    status.textContent = words.length ? `${left} of ${all.length} operations` : `${all.length} operations`;
  };
  const follow = () => {
    const wanted = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!wanted || wanted.tagName !== "DETAILS") return;
    wanted.open = true;
    wanted.scrollIntoView();
    wanted.querySelector("summary").focus({ preventScroll: true });
  };
  filter.addEventListener("input", sift);
  unfold.addEventListener("click", () => {
    const open = all.some((entry) => !entry.view.hidden && !entry.view.open);
    for (const entry of all) if (!entry.view.hidden) entry.view.open = open;
    unfold.textContent = open ? "Close all" : "Open all";
  });
  addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest?.("input")) {
      event.preventDefault();
      filter.focus();
    } else if (event.key === "Escape" && event.target === filter) {
      filter.value = "";
      sift();
    }
  });
  addEventListener("hashchange", follow);
  sift();
  follow();
}

try {
  const answer = await fetch(main.dataset.spec);
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  spec = await answer.json();
  show();
} catch (error) {
  status.textContent = `The document cannot be shown: ${error.message}`;
}
