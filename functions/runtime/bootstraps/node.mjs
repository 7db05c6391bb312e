// The runtime client for Node: loads the handler, asks for events, answers them.
//
// Written against the Runtime API (2018-06-01); what a handler, its errors and its log lines look
// like follows AWS's aws-lambda-nodejs-runtime-interface-client, of which Node 24 has another
// generation (4) than the Nodes before it (3). It decides nothing of the platform's.

import { existsSync, readFileSync, writeSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { format, types } from "node:util";

const env = process.env;
const { isNativeError } = types;
const [host, port] = env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const json = env.AWS_LAMBDA_LOG_FORMAT === "JSON";
const LEVELS = { TRACE: 1, DEBUG: 2, INFO: 3, WARN: 4, ERROR: 5, FATAL: 6 };
const least = LEVELS[env.AWS_LAMBDA_LOG_LEVEL] ?? 0;
const callbacks = Number(/nodejs(\d+)/.exec(env.AWS_EXECUTION_ENV)?.[1] ?? 0) < 24;
const TELEMETRY_FD = 3;
const NO_CALLBACKS =
  "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. " +
  "You need to modify this function to use a supported handler signature to use Node.js 24 or later. " +
  "For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.";
const FEWER_CALLBACKS =
  "AWS Lambda plans to remove support for callback-based function handlers starting with Node.js 24. " +
  "You will need to update this function to use an async handler to use Node.js 24 or later. For more " +
  "information and to provide feedback on this change, see " +
  "https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/137. To disable this " +
  "warning, set the AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING environment variable.";
const UNREADABLE =
  "callback called with Error argument, but there was a problem while retrieving one or more of its " +
  "message, name, and stack";
const NEVER_SETTLED =
  "The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by " +
  "a Promise that was never settled. For more information, see " +
  "https://nodejs.org/docs/latest/api/process.html#exit-codes";
let requestId;
delete env._LAMBDA_TELEMETRY_LOG_FD;

// --- errors --------------------------------------------------------------------------------------

class RuntimeError extends Error {
  constructor(type, message) {
    super(message);
    Object.defineProperty(this, "name", { value: type, enumerable: !callbacks, configurable: true });
    Error.captureStackTrace(this, RuntimeError);
  }
}

class UnhandledPromiseRejection extends RuntimeError {
  constructor(reason, promise) {
    super("Runtime.UnhandledPromiseRejection", String(reason));
    this.reason = reason;
    this.promise = promise;
  }
}

const isNamed = (value) => value && [value.name, value.message, value.stack].every((one) => one && typeof one === "string");

// What is posted of an error, or of whatever else was thrown.
function payload(error) {
  const clean = (text) => text.replaceAll("\x7F", "%7F");
  try {
    if (error instanceof Error || isNativeError(error) || (callbacks && isNamed(error))) {
      return {
        errorType: clean(error.name),
        errorMessage: clean(error.message),
        trace: clean(error.stack).split("\n"),
      };
    }
    return { errorType: typeof error, errorMessage: callbacks ? error.toString() : String(error), trace: [] };
  } catch {
    return { errorType: "handled", errorMessage: UNREADABLE, trace: [] };
  }
}

const intoError = (thrown) => (thrown instanceof Error ? thrown : new Error(callbacks ? thrown : String(thrown)));
const lines = (stack) => (typeof stack === "string" ? stack.split("\n") : stack);

// An error in a line of text: with everything that it was given besides.
function described(error) {
  const told = (_, value) => {
    if (!(value instanceof Error)) return value;
    const found = { errorType: value.name, errorMessage: value.message, code: value.code, ...value };
    return typeof value.stack === "string" ? { ...found, stack: lines(value.stack) } : found;
  };
  try {
    return JSON.stringify(error, told);
  } catch {
    return JSON.stringify(payload(error));
  }
}

// --- output --------------------------------------------------------------------------------------

function emit(text) {
  // A frame: however many lines, one log event.
  const body = Buffer.from(text, "utf8");
  const head = Buffer.alloc(16);
  head.writeUInt32BE(0xa55a0003, 0);
  head.writeUInt32BE(body.length, 4);
  head.writeBigInt64BE(BigInt(Date.now()) * 1000n, 8);
  let all = Buffer.concat([head, body]);
  while (all.length) {
    try {
      all = all.subarray(writeSync(TELEMETRY_FD, all));
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

// An error in a line of JSON.
function structured(error) {
  const type = error.constructor?.name ?? "UnknownError";
  return { errorType: type, errorMessage: error.message, stackTrace: lines(error.stack) };
}

function asJson(level, message, parameters) {
  const id = requestId ?? (callbacks ? undefined : "-");
  const line = { timestamp: new Date().toISOString(), level, requestId: id };
  if (parameters.length > 0) {
    const error = parameters.find((one) => one instanceof Error);
    return JSON.stringify({ ...line, message: format(message, ...parameters), ...(error && structured(error)) });
  }
  const told = (_, value) => (value instanceof Error ? { ...structured(value), ...value } : value);
  try {
    return JSON.stringify({ ...line, message }, told);
  } catch {
    return JSON.stringify({ ...line, message: format(message) });
  }
}

function log(level, message, ...parameters) {
  if (LEVELS[level] < least) return;
  if (json) {
    emit(asJson(level, message, parameters) + "\n");
    return;
  }
  const id = requestId ?? (callbacks ? "undefined" : "-");
  const words = [new Date().toISOString(), id, level, format(message, ...parameters)];
  emit(words.join("\t") + "\n");
}

function logError(text, thrown) {
  const error = intoError(thrown);
  log("ERROR", ...(json ? [error] : [text, `\t${described(error)}`]));
}

for (const [name, level] of [
  ["trace", "TRACE"],
  ["debug", "DEBUG"],
  ["info", "INFO"],
  ["log", "INFO"],
  ["warn", "WARN"],
  ["error", "ERROR"],
]) {
  console[name] = (message, ...parameters) => log(level, message, ...parameters);
}
console.fatal = (message, ...parameters) => log("FATAL", message, ...parameters);

// --- the Runtime API -----------------------------------------------------------------------------

function call(method, route, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const all = body === undefined ? headers : { ...headers, "Content-Length": Buffer.byteLength(body) };
    const options = { host, port, agent, method, path: `/2018-06-01/runtime/${route}`, headers: all };
    const request = http.request(options, (answer) => {
      const pieces = [];
      answer.on("data", (piece) => pieces.push(piece));
      answer.on("end", () => resolve({ answer, body: Buffer.concat(pieces).toString("utf8") }));
      answer.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

function postError(route, error) {
  const found = payload(error);
  return call("POST", route, JSON.stringify(found), {
    "Content-Type": "application/json",
    "Lambda-Runtime-Function-Error-Type": found.errorType.replace(/[^\x20-\x7e]/g, "?"),
  });
}

const postInvocationError = (id, error) => postError(`invocation/${id}/error`, error);

// --- streamed responses -------------------------------------------------------------------------

// A handler that is marked so writes its response piece by piece: (event, responseStream, context).
// Source: Lambda developer guide, "Response streaming"; AWS's runtime interface client.
const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");
const WATER_MARK = Symbol.for("aws.lambda.runtime.handler.streaming.highWaterMark");
const BEFORE = Symbol("before the first write");
const HTTP_RESPONSE = "application/vnd.awslambda.http-integration-response";

class ResponseStream extends Writable {
  #id;
  #request = null;
  #type = "application/octet-stream";
  #answered = null;

  constructor(id, options) {
    super({ decodeStrings: true, ...options });
    this.#id = id;
  }

  get hasBegun() {
    return this.#request !== null;
  }

  setContentType(type) {
    this.#type = type;
  }

  write(piece, ...others) {
    const plain = typeof piece === "string" || piece instanceof Uint8Array;
    return super.write(plain ? piece : JSON.stringify(piece), ...others);
  }

  _write(piece, _, done) {
    this.#open().write(piece, done);
  }

  _final(done) {
    this.#open().end();
    this.#answered.then(() => done(), done);
  }

  // Ends what has begun with an error, which travels behind the last piece.
  fail(error) {
    const found = payload(error);
    this.#request.addTrailers({
      "Lambda-Runtime-Function-Error-Type": found.errorType.replace(/[^\x20-\x7e]/g, "?"),
      "Lambda-Runtime-Function-Error-Body": Buffer.from(JSON.stringify(found)).toString("base64"),
    });
    this.#request.end();
    return this.#answered;
  }

  #open() {
    if (this.#request) return this.#request;
    const headers = {
      "Content-Type": this.#type,
      "Lambda-Runtime-Function-Response-Mode": "streaming",
      "Transfer-Encoding": "chunked",
      Trailer: "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body",
    };
    const route = `/2018-06-01/runtime/invocation/${this.#id}/response`;
    this.#request = http.request({ host, port, agent, method: "POST", path: route, headers });
    this.#request.setNoDelay(true);
    this.#answered = new Promise((resolve, reject) => {
      this.#request.on("response", (answer) => answer.resume().on("end", resolve));
      this.#request.on("error", reject);
    });
    this.#answered.catch(() => {});
    const before = this[BEFORE];
    if (before) {
      this.#request.write(before);
      this.#request.write(Buffer.alloc(8));
    }
    return this.#request;
  }
}

globalThis.awslambda = {
  streamifyResponse(handler, options) {
    handler[STREAMING] = "response";
    if (typeof options?.highWaterMark === "number") handler[WATER_MARK] = Math.trunc(options.highWaterMark);
    return handler;
  },
  HttpResponseStream: {
    from(stream, prelude) {
      stream.setContentType(HTTP_RESPONSE);
      stream[BEFORE] = JSON.stringify(prelude);
      return stream;
    },
  },
};

// --- the handler ---------------------------------------------------------------------------------

function isModule(file) {
  if (file.endsWith(".mjs")) return true;
  if (file.endsWith(".cjs")) return false;
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const found = path.join(folder, "package.json");
    if (existsSync(found)) {
      try {
        return JSON.parse(readFileSync(found, "utf8")).type === "module";
      } catch {
        return false;
      }
    }
    if (folder === path.dirname(folder)) return false;
  }
}

async function importModule(root, folder, name) {
  const require = createRequire(import.meta.url);
  const stem = path.resolve(root, folder, name);
  for (const file of [stem, `${stem}.js`, `${stem}.mjs`, `${stem}.cjs`]) {
    if (existsSync(file) && path.extname(file) !== "") {
      return isModule(file) ? await import(pathToFileURL(file).href) : require(file);
    }
  }
  return require(require.resolve(name, { paths: [root, path.join(root, folder)] }));
}

// Only what require() does not find is an ImportModuleError: not what `import` does not.
function loadingError(error) {
  if (error instanceof SyntaxError) {
    const found = new RuntimeError("Runtime.UserCodeSyntaxError", String(error));
    if (!callbacks) found.stack = error.stack;
    return found;
  }
  const missing = error?.code === "MODULE_NOT_FOUND";
  return missing ? new RuntimeError("Runtime.ImportModuleError", String(error)) : error;
}

async function load(root, handler) {
  if (handler.includes("..")) {
    const text = `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`;
    throw new RuntimeError("Runtime.MalformedHandlerName", text);
  }
  const [, folder = "", base] = /^(.*\/)?([^/]*)$/.exec(handler);
  const match = /^([^.]*)\.(.*)$/.exec(base);
  if (!match) throw new RuntimeError("Runtime.MalformedHandlerName", "Bad handler");
  const [, module, names] = match;
  let found;
  try {
    found = await importModule(root, folder, module);
  } catch (error) {
    throw loadingError(error);
  }
  const walk = (start) => names.split(".").reduce((value, name) => value?.[name], start);
  const fn = walk(found) || (callbacks ? undefined : walk(found?.default));
  if (!fn) throw new RuntimeError("Runtime.HandlerNotFound", `${handler} is undefined or not exported`);
  if (typeof fn !== "function") {
    throw new RuntimeError("Runtime.HandlerNotFound", `${handler} is not a function`);
  }
  checkKind(fn);
  return fn;
}

function checkKind(handler) {
  const kind = handler[STREAMING];
  if (kind && kind !== "response") {
    throw new RuntimeError("Runtime.MalformedStreamingHandler", "Only response streaming is supported.");
  }
  if (kind || handler.length < 3) return;
  if (!callbacks) throw new RuntimeError("Runtime.CallbackHandlerDeprecated", NO_CALLBACKS);
  const isAsync = handler.constructor?.name === "AsyncFunction";
  const mayWarn = env.AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING === undefined;
  if (handler.length === 3 && !isAsync && mayWarn) log("WARN", FEWER_CALLBACKS);
}

// --- one invocation ------------------------------------------------------------------------------

function context(headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  const parsed = (name) => (headers[name] ? JSON.parse(headers[name]) : undefined);
  return {
    ...(callbacks ? { callbackWaitsForEmptyEventLoop: true } : {}),
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parsed("lambda-runtime-client-context"),
    identity: parsed("lambda-runtime-cognito-identity"),
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    ...(callbacks ? {} : { xRayTraceId: headers["lambda-runtime-trace-id"] }),
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

let whenIdle = null;
process.on("beforeExit", () => {
  const work = whenIdle;
  whenIdle = null;
  work?.();
});

const isMissing = (value) => value === null || value === undefined;

async function answer(id, result) {
  let text;
  try {
    text = JSON.stringify(result === undefined ? null : result) ?? "null";
  } catch {
    const unable = "Unable to stringify response body";
    const error = callbacks ? new Error(unable) : new RuntimeError("Runtime.JSONStringifyError", unable);
    return fail(id, error);
  }
  return call("POST", `invocation/${id}/response`, text, { "Content-Type": "application/json" });
}

function fail(id, error) {
  logError("Invoke Error", error);
  return postInvocationError(id, error);
}

async function endOfNode(id) {
  await postInvocationError(id, new RuntimeError("Runtime.NodeJsExit", NEVER_SETTLED));
  process.exit(13);
}

// A handler of Node 24: what it returns is the answer, awaited where it is a promise.
async function invoke(handler, headers, body) {
  const id = headers["lambda-runtime-aws-request-id"];
  whenIdle = () => endOfNode(id);
  let result;
  try {
    result = await handler(JSON.parse(body), context(headers));
  } catch (error) {
    whenIdle = null;
    return fail(id, error);
  }
  whenIdle = null;
  return answer(id, result);
}

// A handler of the Nodes before it, which may also call back, or one of the context's functions.
function invokeOlder(handler, headers, body) {
  return new Promise((finished) => {
    const id = headers["lambda-runtime-aws-request-id"];
    let delivered = false;
    const send = async (error, result) => {
      whenIdle = null;
      await (isMissing(error) ? answer(id, result) : fail(id, error));
      finished();
    };
    const deliver = (error, result, waits) => {
      if (delivered) return;
      delivered = true;
      if (waits && isMissing(error)) whenIdle = () => send(null, result);
      else send(error, result);
    };
    const ctx = context(headers);
    ctx.done = (error, result) => deliver(error, result, false);
    ctx.succeed = (result) => deliver(null, result, false);
    ctx.fail = (error) => deliver(isMissing(error) ? "handled" : error, null, false);
    const callback = (error, result) => deliver(error, result, ctx.callbackWaitsForEmptyEventLoop);
    whenIdle = () => send(null, null);
    try {
      const result = handler(JSON.parse(body), ctx, callback);
      if (typeof result?.then === "function") {
        whenIdle = () => endOfNode(id);
        result.then(ctx.succeed, ctx.fail);
      }
    } catch (error) {
      callback(error);
    }
  });
}

async function stream(handler, headers, body) {
  const id = headers["lambda-runtime-aws-request-id"];
  const out = new ResponseStream(id, { highWaterMark: handler[WATER_MARK] });
  const ended = new Promise((resolve, reject) => out.on("finish", resolve).on("error", reject));
  ended.catch(() => {});
  whenIdle = () => endOfNode(id);
  try {
    const result = handler(JSON.parse(body), out, context(headers));
    if (typeof result?.then !== "function") {
      throw new Error("Streaming does not support non-async handlers.");
    }
    if ((await result) !== undefined) log("WARN", "Streaming handlers ignore return values.");
    await ended;
  } catch (error) {
    logError("Invoke Error", error);
    await (out.hasBegun ? out.fail(error) : postInvocationError(id, error));
    out.destroy();
  } finally {
    whenIdle = null;
  }
}

async function failed(error, code, text) {
  logError(text, error);
  try {
    await (requestId ? postInvocationError(requestId, error) : postError("init/error", error));
  } finally {
    process.exit(code);
  }
}

process.on("uncaughtException", (error) => failed(error, 129, "Uncaught Exception"));
process.on("unhandledRejection", (reason, promise) =>
  failed(new UnhandledPromiseRejection(reason, promise), 128, "Unhandled Promise Rejection"),
);

async function main() {
  let handler;
  try {
    handler = await load(env.LAMBDA_TASK_ROOT, env._HANDLER);
  } catch (error) {
    await failed(error, 1, callbacks ? "Uncaught Exception" : "Init Error");
  }
  const run = handler[STREAMING] ? stream : callbacks ? invokeOlder : invoke;
  for (;;) {
    const { answer: event, body } = await call("GET", "invocation/next");
    requestId = event.headers["lambda-runtime-aws-request-id"];
    const trace = event.headers["lambda-runtime-trace-id"];
    if (trace) env._X_AMZN_TRACE_ID = trace;
    else delete env._X_AMZN_TRACE_ID;
    await run(handler, event.headers, body);
  }
}

main();
