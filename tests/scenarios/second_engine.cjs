// Runs executions on aws-local-stepfunctions, whose tasks answer as they are mocked.
//
// stdin: {"definition": ..., "cases": {case: {state: responses}}}, where responses are keyed by
// attempts ("0", "1-3") and either {"Return": ...} or {"Throw": {"Error", "Cause"}}.
// stdout: {case: [event, ...]}, with the events of that library. Back-offs are skipped.
const { readFileSync } = require("node:fs");
const { StateMachine } = require("aws-local-stepfunctions");

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

async function execute(machine, mocks) {
  const states = Object.keys(machine.definition.States);
  const taskResourceLocalHandlers = Object.fromEntries(
    states.map((state) => [state, mockedTask(mocks[state] ?? {})]),
  );
  const retryIntervalOverrides = Object.fromEntries(states.map((state) => [state, 0]));
  const overrides = { taskResourceLocalHandlers, retryIntervalOverrides };
  const { eventLogs, result } = machine.run({}, { overrides });
  result.catch(() => {}); // the events say how an execution failed
  return Array.fromAsync(eventLogs);
}

async function main() {
  const { definition, cases } = JSON.parse(readFileSync(0, "utf-8"));
  const machine = new StateMachine(definition);
  const histories = Object.entries(cases).map(async ([name, mocks]) => [
    name,
    await execute(machine, mocks),
  ]);
  console.log(JSON.stringify(Object.fromEntries(await Promise.all(histories))));
}

main();
