/** Stands in for an OpenTelemetry collector: takes metrics (OTLP/HTTP, JSON) and shows the latest. */
/** On loopback and in memory only. */
import * as z from "zod";
import { type LoopbackServer, readBody, sendJson, serveOnLoopback } from "../loopback-server.ts";

const longestBody = 4 * 1024 * 1024;

/** A 64-bit number, which JSON may carry as text. */
const Whole = z.union([z.number(), z.string().transform(Number)]);
const DataPoint = z.looseObject({
  attributes: z.array(z.object({ key: z.string(), value: z.looseObject({ stringValue: z.string() }) })),
  count: Whole.optional(),
  sum: z.number().optional(),
  asInt: Whole.optional(),
  asDouble: z.number().optional(),
});
const Points = z.looseObject({ dataPoints: z.array(DataPoint) }).optional();
const Metric = z.looseObject({
  name: z.string(),
  histogram: Points,
  sum: Points,
});
const Export = z.object({
  resourceMetrics: z.array(
    z.looseObject({ scopeMetrics: z.array(z.looseObject({ metrics: z.array(Metric) })) }),
  ),
});

/** `count` and `sum` since the app started; a counter has only a count. */
type Figure = { name: string; attributes: Record<string, string>; count: number; sum?: number };

export function startCollector({ port }: { port: number }): Promise<LoopbackServer> {
  const figures = new Map<string, Figure>();
  return serveOnLoopback(port, () => async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    const route = `${request.method} ${pathname}`;
    if (route === "POST /v1/metrics") {
      for (const figure of figuresIn(await readBody(request, longestBody)))
        figures.set(keyOf(figure), figure);
      sendJson(response, 200, {});
    } else if (route === "GET /metrics") {
      sendJson(response, 200, [...figures.values()]);
    } else if (route === "GET /") {
      response.writeHead(200, { "content-type": "text/plain; charset=utf-8" });
      response.end(`${[...figures.values()].map(lineOf).toSorted().join("\n")}\n`);
    } else {
      sendJson(response, 404, { error: "There are POST /v1/metrics, GET /metrics and GET /." });
    }
  });
}

function figuresIn(body: string): Figure[] {
  const { resourceMetrics } = Export.parse(JSON.parse(body));
  const all = resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
  return all.flatMap(({ name, histogram, sum }) =>
    [...(histogram?.dataPoints ?? []), ...(sum?.dataPoints ?? [])].map((point) => ({
      name,
      attributes: Object.fromEntries(point.attributes.map(({ key, value }) => [key, value.stringValue])),
      count: point.count ?? point.asInt ?? point.asDouble ?? 0,
      ...(point.sum !== undefined && { sum: point.sum }),
    })),
  );
}

const keyOf = ({ name, attributes }: Figure) => JSON.stringify([name, attributes]);

function lineOf({ name, attributes, count, sum }: Figure): string {
  const labels = Object.entries(attributes).map(([key, value]) => `${key}=${value}`);
  const mean = sum === undefined || count === 0 ? "" : `  ${((sum / count) * 1000).toFixed(1)} ms on average`;
  return `${name.padEnd(28)}${labels.join(" ").padEnd(56)}${String(count).padStart(8)}${mean}`;
}
