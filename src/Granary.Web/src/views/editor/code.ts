import { api, send, take, prefix, type Schemas } from '../../api/client';
import type { JsonMap } from '../../api/jsonSchema';
import { problemOf } from '../../api/problem';

export type Check = Schemas['CodeCheckAnswer'];
export type Message = Schemas['CodeMessage'];
export type Suggestions = Schemas['CodeSuggestions'];
export type StrategyClass = Schemas['CatalogueItem'];

/** Longest file, bytes of UTF-8, as the server accepts it. */
export const longest = 1 << 20;

async function post<T>(path: string, body: unknown, stop: AbortSignal | undefined): Promise<T> {
    const response = await send(location.origin + prefix + path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
        ...(stop ? { signal: stop } : {}),
    });
    if (!response.ok) throw await problemOf(response);
    return (await response.json()) as T;
}

/** Compiles a file without running it. */
export const check = (name: string, source: string, stop?: AbortSignal) => post<Check>('/code/check', { name, source }, stop);

/** What may stand at a position: the number of UTF-16 units before it. */
export const complete = (name: string, source: string, position: number, stop?: AbortSignal) =>
    post<Suggestions>('/code/complete', { name, source, position }, stop);

/** The batch that runs a file: the settings of its comment with the values of the form. */
export const makeBatch = (run: Schemas['StrategyFileRun']) => post<JsonMap>('/code/batch', run, undefined);

/** A file to begin with. */
export const example = () => take(api.GET('/api/v1/code/example'));
