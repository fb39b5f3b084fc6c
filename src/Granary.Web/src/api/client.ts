import { signal } from '@preact/signals';
import createClient from 'openapi-fetch';
import { authorization, key, keyWanted } from './key';
import { Problem, problemOf } from './problem';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];

export const prefix = '/api/v1';

/** Whether the last call reached the server. */
export const online = signal(true);

const unanswered = () => new Problem(0, 'The server does not answer', 'Start it with granary serve, or check the network.');

/** `fetch` with the key of this tab. It sets {@link online}, and asks for a key where the server wants one. */
export async function send(input: Request | string, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    for (const [name, value] of Object.entries(authorization())) request.headers.set(name, value);
    // A page of another site cannot send this header, so that it changes nothing through a session.
    if (request.method !== 'GET') request.headers.set('Granary-Api', '1');
    const used = key.value;
    let response: Response;
    try {
        response = await fetch(request);
    } catch (e) {
        if (e instanceof DOMException && e.name === 'AbortError') throw e;
        online.value = false;
        throw unanswered();
    }
    online.value = true;
    if (response.status === 401 && used === key.value) keyWanted.value = true;
    return response;
}

/** Whether the server knows a key, before this tab uses it. */
export async function isKnown(candidate: string): Promise<boolean> {
    let headers: Headers;
    try {
        headers = new Headers({ Authorization: `Bearer ${candidate.trim()}` });
    } catch {
        return false; // a header cannot have such characters
    }
    const response = await fetch(`${location.origin}${prefix}/caller`, { headers, cache: 'no-store' }).catch(() => undefined);
    if (response === undefined) throw unanswered();
    return response.status !== 401;
}

/** The API by path: `await take(api.GET('/api/v1/runs/{id}', { params: { path: { id } } }))`. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: (request) => send(request) });

/** The data of an answer; throws {@link Problem} for any other. */
export async function take<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
    const { data, error, response } = await call;
    if (response.ok) return data as T;
    const body = error as { title?: string; detail?: string } | undefined;
    throw new Problem(response.status, body?.title ?? response.statusText, body?.detail ?? '');
}

/** A call whose answer the document does not describe: JSON of a path below /api/v1. */
export async function json<T>(path: string, init?: RequestInit): Promise<T> {
    const response = await send(location.origin + prefix + path, init);
    if (!response.ok) throw await problemOf(response);
    return (response.status === 204 ? undefined : await response.json()) as T;
}

/** Saves a file of the server, of the type that is accepted if there are several. The key goes in a header, so that a plain link cannot do this. */
export async function download(path: string, name: string, accept?: string): Promise<void> {
    const response = await send(location.origin + prefix + path, accept === undefined ? {} : { headers: { Accept: accept } });
    if (!response.ok) throw await problemOf(response);
    saveFile(await response.blob(), name);
}

/** Saves a file that the page has made. */
export function saveFile(content: Blob, name: string): void {
    const url = URL.createObjectURL(content);
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
