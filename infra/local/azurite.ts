/** Runs Azurite as a child process: blob and queue storage, in a folder or in memory. */
import { createRequire } from "node:module";
import { spawnNode } from "./child.ts";

const account = "devstoreaccount1";
/** Azurite's published development key, the same for everyone. */
const accountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

type AzuriteOptions = {
  /** The data folder; undefined keeps everything in memory until the end. */
  data: string | undefined;
  /** Port 0 takes any free port. */
  ports: { blob: number; queue: number };
  log(line: string): void;
};
export type Azurite = { blob: string; queue: string; connectionString: string; close(): Promise<void> };

export async function startAzurite({ data, ports, log }: AzuriteOptions): Promise<Azurite> {
  const listening = Promise.withResolvers<Record<string, string>>();
  const found: Record<string, string> = {};
  const problems: string[] = [];
  const child = spawnNode({
    script: createRequire(import.meta.url).resolve("azurite/dist/src/azurite.js"),
    args: argumentsFor(data, ports),
    onLine(line, stream) {
      const [, service, url] = /^Azurite (\w+) service is successfully listening at (\S+)$/.exec(line) ?? [];
      if (service && url) found[service] = `${url}/${account}`;
      if (service === "Table") listening.resolve(found);
      if (stream === "stderr") problems.push(line);
      if (stream === "stderr") log(`azurite: ${line}`);
    },
  });
  const failed = child.ended.then((reason) => {
    throw new Error(`Azurite ended (${reason}) before it listened. ${problems.join(" ")}`);
  });
  const { Blob: blob = "", Queue: queue = "" } = await Promise.race([listening.promise, failed]);
  let closing = false;
  void child.ended.then((reason) => {
    if (!closing) log(`Azurite ended (${reason}). Nothing can be stored until the stack is started again.`);
  });
  const close = () => {
    closing = true;
    return child.stop();
  };
  return { blob, queue, connectionString: connectionStringFor(blob, queue), close };
}

const argumentsFor = (data: string | undefined, { blob, queue }: AzuriteOptions["ports"]) => [
  ...["--silent", "--disableTelemetry"],
  ...(data === undefined ? ["--inMemoryPersistence"] : ["--location", data]),
  ...["--blobHost", "127.0.0.1", "--blobPort", String(blob)],
  ...["--queueHost", "127.0.0.1", "--queuePort", String(queue)],
  ...["--tableHost", "127.0.0.1", "--tablePort", "0"],
];

/** Not `UseDevelopmentStorage=true`: the bundle can't expand it. */
const connectionStringFor = (blob: string, queue: string) =>
  [
    "DefaultEndpointsProtocol=http",
    `AccountName=${account}`,
    `AccountKey=${accountKey}`,
    `BlobEndpoint=${blob};QueueEndpoint=${queue};`,
  ].join(";");
