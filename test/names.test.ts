/** One word, one meaning: retired names, ambiguous or unknown in the field, don't come back. */
import { join } from "node:path";
import { type Node, SyntaxKind } from "typescript/unstable/ast";
import { API } from "typescript/unstable/sync";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");

/** Names that have a new one. Members of the API and of stored state keep theirs. */
const RETIRED: Record<string, string> = {
  Binding: "ProvenAccount",
  binding: "proven",
  BoundAccount: "DeviceBoundAccount",
  Identity: "TokenVerifier",
  Kept: "Cache",
  Peppers: "KeyedHash",
  Place: "BackupKey",
  Stores: "…Ports, named after the use case",
  Subject: "AlarmDevice",
  Told: "a name of its own",
  Wanted: "a name of its own",
  aboutLife: "incarnation",
  bindingFor: "provenAccountFor",
  dropOutlived: "dropExpired",
  evenly: "equalTime",
  fewer: "minus",
  goingOn: "requireOpenRecovery",
  identityOf: "accountKey",
  life: "incarnation",
  lifeOf: "incarnationOf",
  markIfShut: "orUnreadable",
  newcomer: "unregistered device",
  newcomers: "unregistered device",
  oidcIdentity: "oidcTokenVerifier",
  oneMore: "plusOne",
  outOfPlace: "devSettingsInPublic",
  outlived: "expired",
  outlivedAt: "nextExpiry",
  pepper: "keyedHash",
  peppers: "keyedHash",
  requirePatience: "requireNotThrottled",
  requireState: "requirePrecondition, requireAccountState",
  seldom: "memoizeFor",
  startIdentity: "startManagedIdentity",
  subjectIn: "alarmDeviceIn",
  takeAnyHeader: "tolerateNonLatin1Headers",
  ticketFor: "accountDigest",
  withBinding: "withProvenAccount",
  withoutOutlived: "withoutExpired",
};

const DECLARATIONS = new Set([
  SyntaxKind.VariableDeclaration,
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.TypeAliasDeclaration,
  SyntaxKind.InterfaceDeclaration,
  SyntaxKind.ClassDeclaration,
  SyntaxKind.Parameter,
  SyntaxKind.BindingElement,
]);

/** The host's own word for what a trigger names (Azure Functions' function.json). */
const isOfTheHost = (file: string, name: string) =>
  file.startsWith("infra/local/host/") && name === "Binding";

function declaredIn(root: Node): string[] {
  const names: string[] = [];
  const visit = (node: Node): void => {
    if (DECLARATIONS.has(node.kind) && "name" in node) {
      const { name } = node as Node & { name?: Node };
      if (name?.kind === SyntaxKind.Identifier) names.push((name as Node & { text: string }).text);
    }
    node.forEachChild(visit);
  };
  visit(root);
  return names;
}

it("no retired name is declared", () => {
  const api = new API({ cwd: ROOT });
  try {
    const [project = expect.fail("no project")] = api
      .updateSnapshot({ openProject: join(ROOT, "tsconfig.json") })
      .getProjects();
    const { program } = project;
    const ours = program
      .getSourceFileNames()
      .filter(
        (file) =>
          /\/(lib|functions|infra|test)\//.test(file.slice(ROOT.length)) && !file.includes("node_modules"),
      );
    expect(ours.length).toBeGreaterThan(500);
    const found = ours.flatMap((path) => {
      const file = path.slice(ROOT.length + 1);
      const source = program.getSourceFile(path) ?? expect.fail(file);
      return declaredIn(source)
        .filter((name) => name in RETIRED && !isOfTheHost(file, name))
        .map((name) => `${file}: ${name} is ${RETIRED[name]} now`);
    });
    expect(found).toEqual([]);
  } finally {
    api.close();
  }
});
