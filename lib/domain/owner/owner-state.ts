/** The owner's state, beside the record: both backups with their devices, open recoveries, erasure. */
import * as z from "zod";
import { Head, type StoredHead, type Version } from "../backup/head.ts";
import { type Device, findDevice, withChange } from "../device.ts";
import { type Loose, loose } from "../loose.ts";
import { DeviceId, Platform } from "../owner.ts";

/**
 * `eraseAt`: nothing happens before. `begunAt`: from then on only the erasure changes anything of the owner.
 */
const Erasure = loose({
  device: DeviceId,
  requestedAt: z.coerce.date(),
  eraseAt: z.coerce.date(),
  begunAt: z.coerce.date().optional(),
});
export type Erasure = z.infer<typeof Erasure>;

/**
 * Remembered for the cooling-off time, even if the owner has begun anew: otherwise a thief could erase and at
 * once begin anew with a contact of their own (R19). `accounts`: the storage names of the accounts'
 * credentials.
 */
const Erased = loose({ at: z.coerce.date(), hadContact: z.boolean(), accounts: z.array(z.string()) });
export type Erased = z.infer<typeof Erased>;

/**
 * `record`: the name under which its record is stored. A recovery that isn't listed here doesn't exist,
 * even if its record is stored.
 */
const OpenRecovery = loose({
  id: z.string(),
  device: DeviceId,
  record: z.string(),
  endsAt: z.coerce.date(),
});
export type OpenRecovery = z.infer<typeof OpenRecovery>;

const state = {
  heads: z.looseObject({ ios: Head.optional(), android: Head.optional() }),
  /** Newest first. */
  recoveries: z.array(OpenRecovery).default([]),
  erasure: Erasure.optional(),
  erased: Erased.optional(),
  /** Revoked devices that may still have credentials: the revocation is under way or was interrupted. */
  pendingEnds: z.array(DeviceId).default([]),
  /** Ids of the last changes, newest first: after a lost answer, a request recognises its own change. */
  changes: z.array(z.string()).default([]),
};
export type OwnerState = Loose<typeof state>;
export const OwnerState: z.ZodType<OwnerState> = loose(state);

export const newState = (): OwnerState => ({ heads: {}, recoveries: [], pendingEnds: [], changes: [] });

/** Both backups, each with its own ETag. */
export type Heads = Partial<Record<Platform, StoredHead>>;

export const headsOf = (state: OwnerState | undefined): Heads =>
  Object.fromEntries(
    Platform.options.flatMap((platform) => {
      const head = state?.heads[platform];
      return head ? [[platform, storedHead(head)]] : [];
    }),
  );

/** The tag is the backup's ETag: it names what an app has seen, even when other data of the owner changes. */
export const storedHead = (value: Head): StoredHead => ({ value, etag: `"${value.tag}"` });

export const headIn = (state: OwnerState | undefined, platform: Platform): StoredHead | undefined => {
  const head = state?.heads[platform];
  return head && storedHead(head);
};

export const withHead = (state: OwnerState, platform: Platform, head: Head): OwnerState => ({
  ...state,
  heads: { ...state.heads, [platform]: head },
});

/** Of both backups; a restored version appears twice. */
export const versionsIn = ({ heads }: OwnerState): Version[] =>
  [heads.ios, heads.android].flatMap((head) => head?.versions ?? []);

export const devicesOf = (heads: Heads): Device[] =>
  Object.values(heads).flatMap((stored) => stored?.value.devices ?? []);

/** The platforms that list the device. */
export const platformsOf = (heads: Heads, device: DeviceId): Platform[] =>
  Platform.options.filter((platform) => findDevice(heads[platform]?.value.devices ?? [], device));

/** Changes the list of devices of every platform that lists the device. */
export const withDevices = (
  state: OwnerState,
  device: DeviceId,
  change: (devices: Device[]) => Device[],
): OwnerState =>
  platformsOf(headsOf(state), device).reduce((next, platform) => {
    const head = next.heads[platform];
    return head ? withHead(next, platform, { ...head, devices: change(head.devices) }) : next;
  }, state);

/** On every platform that lists the device. */
export const withDeviceChange = (state: OwnerState, device: DeviceId, change: Partial<Device>): OwnerState =>
  withDevices(state, device, (devices) => withChange(devices, device, change));

const MOST_OPEN = 20;
/** So that no device displaces the recoveries of the others. */
const MOST_OF_A_DEVICE = 5;

/** Drops the oldest beyond the limits. */
export function withRecovery(state: OwnerState, open: OpenRecovery, now: Date): OwnerState {
  const others = state.recoveries.filter(({ id, endsAt }) => id !== open.id && endsAt > now);
  const ours = others.filter(({ device }) => device === open.device).slice(MOST_OF_A_DEVICE - 1);
  const recoveries = [open, ...others.filter((each) => !ours.includes(each))].slice(0, MOST_OPEN);
  return { ...state, recoveries };
}

export const recoveryIn = (state: OwnerState | undefined, id: string): OpenRecovery | undefined =>
  state?.recoveries.find((each) => each.id === id);
