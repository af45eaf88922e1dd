/** The part of the Functions worker's API that @azure/functions programs against. */

export type LogLevel = "trace" | "debug" | "information" | "warning" | "error" | "critical" | "none";

export interface Binding {
  type: string;
  direction: string;
  route?: string;
  methods?: string[];
  schedule?: string;
  runOnStartup?: boolean;
  queueName?: string;
  connection?: string;
}

export interface FunctionMetadata {
  name: string;
  bindings: Record<string, Binding>;
}

export type FunctionCallback = (...args: unknown[]) => unknown;
export type HookCallback = (context: object) => unknown;

interface Nullable<T> {
  value: T;
}

export interface HttpRequestData {
  method: string;
  /** The app reads the query from here, too. */
  url: string;
  nullableHeaders: Record<string, Nullable<string>>;
  nullableParams: Record<string, Nullable<string>>;
  /** An ArrayBuffer, because the library would copy a Buffer. */
  body?: { bytes: ArrayBuffer };
}

/** Trigger data in the form that the library takes. */
export type TriggerData = { http: HttpRequestData } | { json: string } | { string: string } | { int: number };
export type TriggerMetadata = Record<string, TriggerData>;

export interface HttpResponseData {
  statusCode: string;
  headers: Record<string, string>;
  cookies: unknown[];
  body?: { bytes: Uint8Array };
}

export interface InvocationResponse {
  returnValue?: { http?: HttpResponseData } | null;
}

export interface CoreInvocationContext {
  invocationId: string;
  metadata: FunctionMetadata;
  request: {
    invocationId: string;
    functionId: string;
    inputData: { name: string; data: TriggerData }[];
    triggerMetadata: TriggerMetadata;
    traceContext: { traceParent: string; traceState: string; attributes: Record<string, string> };
  };
  log(level: LogLevel, category: string, message: string): void;
}

interface InvocationModel {
  getArguments(): Promise<{ context: object; inputs: unknown[] }>;
  invokeFunction(context: object, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: object, result: unknown): Promise<InvocationResponse>;
}

export interface ProgrammingModel {
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
}
