// Runs executions on aws-local-stepfunctions, whose tasks are mocked or call functions.
//
// stdin: {"definition", "cases": {case: {"input", "mocks"?: {state: responses}}}, "functions"?},
// where responses are keyed by attempts ("0", "1-3"): {"Return"} or {"Throw": {"Error", "Cause"}}.
// "functions" is a Lambda API, for cases without mocks: {"url", "headers"}.
// stdout: {case: [event, ...]}, with the events of that library. Back-offs are skipped.
const { readFileSync } = require("node:fs");
const { StateMachine } = require("aws-local-stepfunctions");

const LIMIT = 180_000; // milliseconds

class TaskError extends Error {
  constructor(thrown) {
    super(thrown.Cause);
    this.name = thrown.Error;
  }
}

function mockedTask(responses) {
  let attempt = 0;
  return async () => {
    const { Return, Throw } = responseTo(attempt++, responses);
    if (Throw) throw new TaskError(Throw);
    return Return;
  };
}

function responseTo(attempt, responses) {
  const key = Object.keys(responses).find((key) => {
    const [first, last = first] = key.split("-").map(Number);
    return first <= attempt && attempt <= last;
  });
  return responses[key] ?? { Throw: { Error: "NotMocked", Cause: `attempt ${attempt}` } };
}

// As lambda:invoke does: https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
function callingTask({ url, headers }) {
  return async ({ FunctionName, Payload }) => {
    const path = `/2015-03-31/functions/${encodeURIComponent(FunctionName)}/invocations`;
    const call = { method: "POST", headers, body: JSON.stringify(Payload) };
    const answer = await fetch(url + path, call);
    const text = await answer.text();
    const failed = answer.headers.has("x-amz-function-error") && JSON.parse(text).errorType;
    const refused = !answer.ok && `Lambda.${answer.headers.get("x-amzn-errortype")}`;
    if (failed || refused) throw new TaskError({ Error: failed || refused, Cause: text });
    return { StatusCode: answer.status, Payload: JSON.parse(text) };
  };
}

async function execute(machine, { input, mocks }, functions) {
  const states = Object.keys(machine.definition.States);
  const task = (state) => (mocks ? mockedTask(mocks[state] ?? {}) : callingTask(functions));
  const taskResourceLocalHandlers = Object.fromEntries(states.map((state) => [state, task(state)]));
  const retryIntervalOverrides = Object.fromEntries(states.map((state) => [state, 0]));
  const overrides = { taskResourceLocalHandlers, retryIntervalOverrides };
  const { eventLogs, result } = machine.run(input, { overrides });
  result.catch(() => {}); // the events say how an execution failed
  return Array.fromAsync(eventLogs);
}

async function main() {
  const { definition, cases, functions } = JSON.parse(readFileSync(0, "utf-8"));
  const machine = new StateMachine(definition);
  const histories = Object.entries(cases).map(async ([name, given]) => [
    name,
    await execute(machine, given, functions),
  ]);
  const text = JSON.stringify(Object.fromEntries(await Promise.all(histories)));
  // Without exit, invocations that never answer would keep this process alive.
  process.stdout.write(text, () => process.exit());
}

setTimeout(() => {
  throw new Error("an execution did not end in time");
}, LIMIT);
main();
