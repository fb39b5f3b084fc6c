import { signal } from '@preact/signals';
import { Problem } from './problem';

const name = 'granary.key';

/** The API key of this tab: in session memory, sent in a header, never in an address. Empty = none. */
export const key = signal(sessionStorage.getItem(name) ?? '');

/** The server asked for a key, or refused the one that it got. */
export const keyWanted = signal(false);

export function setKey(value: string): void {
    key.value = value.trim();
    if (key.value === '') sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, key.value);
    keyWanted.value = false;
}

export function authorization(): Record<string, string> {
    return key.value === '' ? {} : { Authorization: `Bearer ${key.value}` };
}

/** Whether the server knows a key, before this tab uses it. */
export async function isKnown(candidate: string): Promise<boolean> {
    let headers: Headers;
    try {
        headers = new Headers({ Authorization: `Bearer ${candidate.trim()}` });
    } catch {
        return false; // a header cannot have such characters
    }
    const response = await fetch(`${location.origin}/api/v1/caller`, { headers, cache: 'no-store' }).catch(() => undefined);
    if (response === undefined) throw new Problem(0, 'The server does not answer', 'Start it with granary serve, or check the network.');
    return response.status !== 401;
}
