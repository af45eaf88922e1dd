/** The local Functions host: `node infra/local/host/main.ts --app DIR --port N` (port 0 takes a free one). */
import { run } from "./run.ts";

await run();
