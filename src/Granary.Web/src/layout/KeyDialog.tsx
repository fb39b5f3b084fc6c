import { useState } from 'preact/hooks';
import { isKnown } from '../api/client';
import { key, keyWanted, setKey } from '../api/key';
import { useAction } from '../api/useAction';
import { Dialog } from '../components/Dialog';
import { TextField } from '../components/Field';
import { Wrong } from '../components/Wrong';

/** Entry of the API key. A key that the server does not know is refused at its field, and the key of before stays. */
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
    return (
        <Dialog title="API key" onClose={close}>
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
