/** `npm run demo [-- FILE]`: a phone backs up otpauth:// URIs, is lost, and a new phone recovers them. */
/** Exits 1 on any difference. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathOf } from "../local/child.ts";
import { startStack } from "../local/stack.ts";
import { buildBundle } from "./build.ts";
import { keepInStep } from "./demo/in-step-scene.ts";
import { liveOn } from "./demo/life-scene.ts";
import { type Account, parseUris } from "./demo/otpauth-uri.ts";
import { differences, enrol, recover } from "./demo/recovery-scene.ts";
import { aPhone, backUp, lookAtStorage, type Scene, thinkOfStrangers } from "./demo/scenes.ts";
import { Story } from "./demo/story.ts";
import { repudiateThief } from "./demo/verify-scene.ts";

const SAMPLE = pathOf("./demo/sample-accounts.txt", import.meta.url);

async function readAccounts(file: string): Promise<Account[]> {
  const accounts = parseUris(await readFile(file, "utf8"));
  if (accounts.length === 0) throw new Error("it has no otpauth:// URIs");
  return accounts;
}

async function tell(accounts: Account[], story: Story): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), "authenticator-backup-demo-"));
  const printed: string[] = [];
  const stack = await story.step("The stack starts: storage, vault, issuer, functions", async () => {
    await buildBundle();
    return await startStack({ data, ports: "free", log: (line) => printed.push(line) });
  });
  const scene: Scene = { story, stack, data, printed, accounts, phone: aPhone(stack.addresses) };
  const recovered = await play(scene).finally(() => stack.close());
  await lookAtStorage(scene);
  await rm(data, { recursive: true, force: true });
  const differ = differences(accounts, recovered);
  return `${accounts.length} accounts backed up, ${recovered.length} recovered, ${differ} differ`;
}

async function play(scene: Scene): Promise<Account[]> {
  await backUp(scene);
  const credentials = await enrol(scene);
  await thinkOfStrangers(scene);
  const { newPhone, restored } = await recover(scene, credentials);
  await keepInStep(scene, newPhone);
  await repudiateThief(scene);
  await liveOn(scene);
  return restored;
}

const file = process.argv[2] ?? SAMPLE;
const story = new Story();
try {
  const accounts = await readAccounts(file);
  const ending = await tell(accounts, story);
  console.log(`\n${ending}`);
  process.exitCode = story.wrong > 0 || !ending.endsWith(" 0 differ") ? 1 : 0;
} catch (error) {
  console.error(`\nThe demo of ${file} ended early: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
