import { afterEach, describe, expect, it, vi } from 'vitest';
import { api, json } from '../src/api/client';
import { readSignIn, signIn, signInAddress, signOut } from '../src/api/signIn';

afterEach(() => vi.unstubAllGlobals());

function answer(body: unknown): Request[] {
    const requests: Request[] = [];
    vi.stubGlobal('fetch', (request: Request) => {
        requests.push(request);
        return Promise.resolve(new Response(JSON.stringify(body), { status: 200, headers: { 'Content-Type': 'application/json' } }));
    });
    return requests;
}

describe('sign-in', () => {
    it('leads to the issuer and back to the page with its query', () => {
        expect(signInAddress('/sign-in', '/runs?sort=-name&filter=a=b')).toBe('/sign-in?return=%2Fruns%3Fsort%3D-name%26filter%3Da%3Db');
    });

    it('is offered where the server has it', async () => {
        answer({ page: '/sign-in', keys: true });
        readSignIn();
        await vi.waitFor(() => expect(signIn.value?.page).toBe('/sign-in'));
    });

    it('sends a header with each change, which a page of another site cannot', async () => {
        const requests = answer({});
        await json('/jobs', { method: 'POST', body: '{}' });
        await api.GET('/api/v1/runs');
        expect(requests.map((r) => r.headers.get('Granary-Api'))).toEqual(['1', null]);
    });

    it('ends here and goes on to the address at which it ends at the issuer', async () => {
        const requests = answer({ url: 'https://login.example.com/end' });
        const assign = vi.fn();
        vi.stubGlobal('location', { origin: location.origin, assign });
        await signOut();
        expect(requests[0]?.method).toBe('POST');
        expect(assign).toHaveBeenCalledWith('https://login.example.com/end');
    });
});
