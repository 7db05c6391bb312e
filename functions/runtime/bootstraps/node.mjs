// The runtime client for Node: loads the handler, asks for events, answers them.
//
// Written against the Runtime API (2018-06-01); what a handler, its errors and its log lines look
// like follows AWS's aws-lambda-nodejs-runtime-interface-client. It decides nothing of the platform's.

import { existsSync, readFileSync, writeSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { format, inspect } from "node:util";

const env = process.env;
const [host, port] = env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const json = env.AWS_LAMBDA_LOG_FORMAT === "JSON";
const LEVELS = { TRACE: 1, DEBUG: 2, INFO: 3, WARN: 4, ERROR: 5, FATAL: 6 };
const least = LEVELS[env.AWS_LAMBDA_LOG_LEVEL] ?? 0;
const TELEMETRY_FD = 3;
const NEVER_SETTLED =
  "The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by " +
  "a Promise that was never settled. For more information, see " +
  "https://nodejs.org/docs/latest/api/process.html#exit-codes";
let requestId;
delete env._LAMBDA_TELEMETRY_LOG_FD;

// --- errors --------------------------------------------------------------------------------------

class RuntimeError extends Error {
  constructor(type, message, cause) {
    super(message);
    this.name = type;
    if (cause) this.stack = cause.stack;
  }
}

class UnhandledPromiseRejection extends Error {
  constructor(reason, promise) {
    super(String(reason?.stack ? `${reason.name}: ${reason.message}` : reason));
    this.name = "Runtime.UnhandledPromiseRejection";
    this.reason = reason;
    this.promise = promise;
  }
}

const isError = (value) =>
  value && value.name && value.message !== undefined && value.stack !== undefined;

function payload(error) {
  if (!isError(error)) {
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  }
  const clean = (text) => String(text).replaceAll("\x7F", "%7F");
  return {
    errorType: clean(error.name),
    errorMessage: clean(error.message),
    trace: clean(error.stack).split("\n"),
  };
}

function described(error) {
  if (!isError(error)) return payload(error);
  const { errorType, errorMessage } = payload(error);
  const { name, message, stack, ...others } = error;
  const rest = {};
  for (const key of Object.keys(others)) {
    rest[key] = isError(others[key]) ? described(others[key]) : others[key];
  }
  return { errorType, errorMessage, ...(error.code ? { code: error.code } : {}), ...rest, stack: String(stack).split("\n") };
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

function asJson(level, message, parameters) {
  const line = { timestamp: new Date().toISOString(), level, requestId };
  if (parameters.length === 0 && isError(message)) {
    const { errorType, errorMessage, stack } = described(message);
    return { ...line, message: { errorType, errorMessage, stackTrace: stack } };
  }
  const only = parameters.length === 0 && typeof message !== "string";
  const found = { ...line, message: only ? message : format(message, ...parameters) };
  const error = parameters.find(isError);
  if (error) {
    Object.assign(found, {
      errorType: error.name,
      errorMessage: error.message,
      stackTrace: String(error.stack).split("\n"),
    });
  }
  return found;
}

function log(level, message, ...parameters) {
  if (LEVELS[level] < least) return;
  if (!json) {
    const words = [new Date().toISOString(), requestId, level, format(message, ...parameters)];
    emit(words.join("\t") + "\n");
    return;
  }
  const found = asJson(level, message, parameters);
  let text;
  try {
    text = JSON.stringify(found, (_, value) => (isError(value) ? described(value) : value));
  } catch {
    text = JSON.stringify({ ...found, message: inspect(message) });
  }
  emit(text + "\n");
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
    handler[STREAMING] = { highWaterMark: options?.highWaterMark };
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

async function importModule(root, name) {
  const require = createRequire(path.join(root, "bootstrap.js"));
  const stem = path.resolve(root, name);
  for (const file of [stem, `${stem}.js`, `${stem}.mjs`, `${stem}.cjs`]) {
    if (existsSync(file) && path.extname(file) !== "") {
      return isModule(file) ? await import(pathToFileURL(file).href) : require(file);
    }
  }
  return require(require.resolve(name, { paths: [root, path.join(root, "node_modules")] }));
}

async function load(root, handler) {
  const at = /^(.*\/)?([^/]*)$/.exec(handler);
  const [, folder = "", base] = at;
  const match = /^([^.]*)\.(.*)$/.exec(base);
  if (!match || handler.includes("..")) throw new RuntimeError("Runtime.MalformedHandlerName", "Bad handler");
  const [, module, names] = match;
  let found;
  try {
    found = await importModule(root, path.join(folder, module));
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new RuntimeError("Runtime.UserCodeSyntaxError", String(error), error);
    }
    if (error?.code === "MODULE_NOT_FOUND" || error?.code === "ERR_MODULE_NOT_FOUND") {
      throw new RuntimeError("Runtime.ImportModuleError", String(error), error);
    }
    throw error;
  }
  const walk = (start) => names.split(".").reduce((value, name) => value?.[name], start);
  const fn = walk(found) ?? walk(found?.default);
  if (fn === undefined || fn === null) {
    throw new RuntimeError("Runtime.HandlerNotFound", `${handler} is undefined or not exported`);
  }
  if (typeof fn !== "function") {
    throw new RuntimeError("Runtime.HandlerNotFound", `${handler} is not a function`);
  }
  return fn;
}

// --- one invocation ------------------------------------------------------------------------------

function context(headers, deliver) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  const parsed = (name) => (headers[name] ? JSON.parse(headers[name]) : undefined);
  const made = {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parsed("lambda-runtime-client-context"),
    identity: parsed("lambda-runtime-cognito-identity"),
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  made.done = (error, result) => deliver(error, result, made.callbackWaitsForEmptyEventLoop);
  made.succeed = (result) => deliver(null, result, false);
  made.fail = (error) => deliver(error ?? "handled", undefined, false);
  return made;
}

let whenIdle = null;
process.on("beforeExit", () => {
  const work = whenIdle;
  whenIdle = null;
  work?.();
});

function invoke(handler, headers, body) {
  return new Promise((finished) => {
    const id = headers["lambda-runtime-aws-request-id"];
    let delivered = false;
    const send = async (error, result) => {
      whenIdle = null;
      if (error !== null && error !== undefined) {
        log("ERROR", json ? error : `Invoke Error \t${JSON.stringify(described(error))}`);
        await postInvocationError(id, error);
      } else {
        let text;
        try {
          text = JSON.stringify(result === undefined ? null : result) ?? "null";
        } catch {
          await postInvocationError(id, new RuntimeError("Runtime.MarshalError", "Unable to stringify response body"));
          return finished();
        }
        await call("POST", `invocation/${id}/response`, text, { "Content-Type": "application/json" });
      }
      return finished();
    };
    const deliver = (error, result, waits) => {
      if (delivered) return;
      delivered = true;
      if (waits && (error === null || error === undefined)) whenIdle = () => send(null, result);
      else send(error, result);
    };
    const ctx = context(headers, deliver);
    const callback = (error, result) => deliver(error, result, ctx.callbackWaitsForEmptyEventLoop);
    whenIdle = () => send(null, null);
    try {
      const result = handler(JSON.parse(body), ctx, callback);
      if (typeof result?.then === "function") {
        whenIdle = async () => {
          await postInvocationError(id, new RuntimeError("Runtime.NodeJsExit", NEVER_SETTLED));
          process.exit(13);
        };
        result.then(
          (value) => deliver(null, value, false),
          (error) => deliver(error ?? new Error(String(error)), undefined, false),
        );
      }
    } catch (error) {
      deliver(error ?? new Error(String(error)), undefined, false);
    }
  });
}

async function stream(handler, headers, body) {
  const id = headers["lambda-runtime-aws-request-id"];
  const out = new ResponseStream(id, handler[STREAMING]);
  const ended = new Promise((resolve, reject) => out.on("finish", resolve).on("error", reject));
  ended.catch(() => {});
  whenIdle = async () => {
    await postInvocationError(id, new RuntimeError("Runtime.NodeJsExit", NEVER_SETTLED));
    process.exit(13);
  };
  try {
    await handler(JSON.parse(body), out, context(headers, () => {}));
    await ended;
  } catch (error) {
    const found = error ?? new Error(String(error));
    log("ERROR", json ? found : `Invoke Error \t${JSON.stringify(described(found))}`);
    await (out.hasBegun ? out.fail(found) : postInvocationError(id, found));
    out.destroy();
  } finally {
    whenIdle = null;
  }
}

async function failed(error, code, text) {
  log("ERROR", json ? error : `${text} \t${JSON.stringify(described(error))}`);
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
    await failed(error, 1, "Uncaught Exception");
  }
  for (;;) {
    const { answer, body } = await call("GET", "invocation/next");
    requestId = answer.headers["lambda-runtime-aws-request-id"];
    const trace = answer.headers["lambda-runtime-trace-id"];
    if (trace) env._X_AMZN_TRACE_ID = trace;
    else delete env._X_AMZN_TRACE_ID;
    await (handler[STREAMING] ? stream : invoke)(handler, answer.headers, body);
  }
}

main();
