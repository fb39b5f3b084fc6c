import { signal } from '@preact/signals';
import { caller } from './caller';
import { api, take, type Schemas } from './client';

/** How a browser can sign in; undefined until the server has answered. */
export const signIn = signal<Schemas['SignInAnswer'] | undefined>(undefined);

/** Asks how to sign in. Without an answer, only a key is offered. */
export function readSignIn(): void {
    take(api.GET('/api/v1/sign-in')).then(
        (answer) => (signIn.value = answer),
        () => undefined,
    );
}

/** The address that leads to the issuer and back to a page of this one. */
export function signInAddress(page: string, back: string): string {
    return `${page}?return=${encodeURIComponent(back)}`;
}

/** Ends the session in all tabs of the browser, and at the issuer. */
export async function signOut(): Promise<void> {
    const { url } = await take(api.POST('/api/v1/sign-out'));
    caller.value = undefined;
    location.assign(url);
}
