import { signal } from '@preact/signals';

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
