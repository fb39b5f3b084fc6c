import { afterEach, describe, expect, it, vi } from 'vitest';
import { api, json, online } from '../src/api/client';
import { key, keyWanted, setKey } from '../src/api/key';
import { Problem } from '../src/api/problem';

afterEach(() => {
    setKey('');
    vi.unstubAllGlobals();
});

function answer(status: number, body: unknown): Request[] {
    const requests: Request[] = [];
    vi.stubGlobal('fetch', (request: Request) => {
        requests.push(request);
        return Promise.resolve(new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } }));
    });
    return requests;
}

describe('the key', () => {
    it('goes in a header and never in an address', async () => {
        const requests = answer(200, { items: [] });
        setKey('  secret ');
        await api.GET('/api/v1/runs');
        expect(requests[0]?.headers.get('Authorization')).toBe('Bearer secret');
        expect(requests[0]?.url).not.toContain('secret');
    });

    it('is kept in session memory only', () => {
        setKey('secret');
        expect(sessionStorage.getItem('granary.key')).toBe('secret');
        expect(JSON.stringify(localStorage)).not.toContain('secret');
        setKey('');
        expect(sessionStorage.getItem('granary.key')).toBeNull();
        expect(key.value).toBe('');
    });

    it('is asked for when the server wants one', async () => {
        answer(401, { title: 'No valid key', detail: 'send a key' });
        await expect(json('/runs')).rejects.toMatchObject({ status: 401, title: 'No valid key', detail: 'send a key' });
        expect(keyWanted.value).toBe(true);
    });
});

describe('a server that does not answer', () => {
    it('is a problem of status 0, and the next answer ends it', async () => {
        vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
        const problem = await json('/runs').catch((e: unknown) => e);
        expect(problem).toBeInstanceOf(Problem);
        expect((problem as Problem).offline).toBe(true);
        expect(online.value).toBe(false);
        answer(200, {});
        await json('/runs');
        expect(online.value).toBe(true);
    });
});
