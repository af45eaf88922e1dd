/** App settings of measured instances. */

const WITHOUT_MESSAGES = {
  "AzureWebJobs.deliver-messages.Disabled": "true",
  "AzureWebJobs.start-sweeps.Disabled": "true",
};

/** For an instance that only answers HTTP. */
export const WITHOUT_QUEUE = { ...WITHOUT_MESSAGES, "AzureWebJobs.sweep-page.Disabled": "true" };

/** For an instance that only sweeps, even if the stack's own host doesn't. */
export const SWEEPS_ONLY = { ...WITHOUT_MESSAGES, "AzureWebJobs.sweep-page.Disabled": "false" };

/** The settings of an instance that calls each of these addresses through another one. */
export const through = (settings: Record<string, string>, ...ways: readonly { from: string; to: string }[]) =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      ways.reduce((text, { from, to }) => text.replaceAll(from, to), value),
    ]),
  );
