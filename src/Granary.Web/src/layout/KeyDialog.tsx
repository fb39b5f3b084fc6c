import { useLocation } from 'preact-iso';
import { useEffect, useState } from 'preact/hooks';
import { caller } from '../api/caller';
import { isKnown } from '../api/client';
import { key, keyWanted, setKey } from '../api/key';
import { readSignIn, signIn, signInAddress, signOut } from '../api/signIn';
import { useAction } from '../api/useAction';
import { Dialog } from '../components/Dialog';
import { TextField } from '../components/Field';
import { Wrong } from '../components/Wrong';

/**
 * Sign-in at the issuer, if the server has one, and entry of the API key. A key that the server does not know is refused at its field, and
 * the key of before stays.
 */
export function KeyDialog(props: { onClose: () => void }) {
    const [value, setValue] = useState('');
    const close = () => {
        keyWanted.value = false;
        props.onClose();
    };
    const forget = () => {
        setKey('');
        props.onClose();
    };
    const [fault, setFault] = useState(keyWanted.value && key.value !== '' ? 'The server does not know the key of this tab.' : '');
    const use = useAction(async () => {
        setFault('');
        if (!(await isKnown(value))) {
            setFault('The server does not know this key. Check it for missing characters, or ask the operator for a key.');
            return;
        }
        setKey(value);
        props.onClose();
    });
    useEffect(readSignIn, []);
    const page = signIn.value?.page ?? null;
    const person = caller.value?.person ?? null;
    if (person !== null && !keyWanted.value) return <SignedIn person={person} onClose={close} />;
    if (page !== null && signIn.value?.keys === false && key.value === '') return <PeopleOnly page={page} onClose={close} />;
    return (
        <Dialog title={page === null ? 'API key' : 'Sign in'} onClose={close}>
            {page !== null && <SignInLink page={page} />}
            {page !== null && <p class="lead">Or enter a key of a machine.</p>}
            <p class="lead">
                A server that others can reach asks for a key. <code>granary keys add NAME --role viewer --file keys.json</code> makes one.
                This tab keeps it in its session memory; it is gone when you close the tab.
            </p>
            <form
                onSubmit={(e) => {
                    e.preventDefault();
                    use.run();
                }}
            >
                <TextField
                    label="Key"
                    type="password"
                    autocomplete="off"
                    value={value}
                    onValue={setValue}
                    fault={fault}
                    hint={key.value === '' ? 'No key is entered.' : 'A key is entered; a new one takes its place.'}
                />
                <Wrong>{use.problem?.message}</Wrong>
                <div class="actions">
                    {key.value !== '' && (
                        <button type="button" class="danger" onClick={forget}>
                            Forget the key
                        </button>
                    )}
                    <button type="button" onClick={close}>
                        Back
                    </button>
                    <button type="submit" class="primary" disabled={value.trim() === '' || use.busy}>
                        Use this key
                    </button>
                </div>
            </form>
        </Dialog>
    );
}

// The server has no keys.
function PeopleOnly(props: { page: string; onClose: () => void }) {
    return (
        <Dialog title="Sign in" onClose={props.onClose}>
            <SignInLink page={props.page} />
            <div class="actions">
                <button type="button" onClick={props.onClose}>
                    Back
                </button>
            </div>
        </Dialog>
    );
}

// A link of the browser, which leads to another site.
function SignInLink(props: { page: string }) {
    const { url } = useLocation();
    return (
        <>
            <p class="lead">Sign in with your account. You return to this page.</p>
            <p class="actions sign-in">
                <a class="button primary" href={signInAddress(props.page, url)} target="_top">
                    Sign in
                </a>
            </p>
        </>
    );
}

function SignedIn(props: { person: string; onClose: () => void }) {
    const end = useAction(signOut);
    return (
        <Dialog title="Signed in" onClose={props.onClose}>
            <p class="lead">
                {props.person}, with the role {caller.value?.role}. A sign-out ends the session in all tabs and at the issuer.
            </p>
            <Wrong>{end.problem?.message}</Wrong>
            <div class="actions">
                <button type="button" onClick={props.onClose}>
                    Back
                </button>
                <button type="button" class="primary" disabled={end.busy} onClick={() => end.run()}>
                    Sign out
                </button>
            </div>
        </Dialog>
    );
}
