/** Timers and the admin routes of the local host. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type StartedHost, startHost } from "./host-app/start-host.ts";

let host: StartedHost;
beforeAll(async () => {
  host = await startHost("timers", { EACH_SECOND: "* * * * * *" });
});
afterAll(async () => await host[Symbol.asyncDispose]());

async function runByHand(name: string, body = '{"input":""}') {
  const response = await fetch(`${host.url}/admin/functions/${name}`, { method: "POST", body });
  return response.status;
}

test("R42 a timer fires on its schedule, without a status when it is a short one", async () => {
  const line = await host.line("ticked");
  expect(JSON.parse(line.slice(7))).toEqual({
    isPastDue: false,
    schedule: { adjustForDST: true },
    scheduleStatus: null,
  });
});

test("R42 a timer can be run by hand, whatever the case of its name", async () => {
  expect(await runByHand("yearly")).toBe(202);
  const { scheduleStatus } = JSON.parse((await host.line("yearly {")).slice(7));
  expect(scheduleStatus.next).toMatch(/^\d{4}-01-01T09:30:00/);
});

test("R42 a timer in error leaves the others running", async () => {
  expect({ badSchedule: await runByHand("bad-schedule"), noSetting: await runByHand("no-setting") }).toEqual({
    badSchedule: 404,
    noSetting: 404,
  });
  await host.line("'bad-schedule' function is in error");
  await host.line("'%NOT_SET%' does not resolve to a value");
});

test("R42 running a function by hand needs a JSON body with an input", async () => {
  expect({ noJson: await runByHand("yearly", "input"), noInput: await runByHand("yearly", "{}") }).toEqual({
    noJson: 400,
    noInput: 400,
  });
});

test("R42 the host tells its status", async () => {
  expect(await (await fetch(`${host.url}/admin/host/status`)).json()).toEqual({ state: "Running" });
  expect((await fetch(`${host.url}/admin/host/ping`)).status).toBe(200);
});
