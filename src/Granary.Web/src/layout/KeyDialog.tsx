import { useState } from 'preact/hooks';
import { key, keyWanted, setKey } from '../api/key';
import { Dialog } from '../components/Dialog';
import { TextField } from '../components/Field';

/** Entry of the API key. */
export function KeyDialog(props: { onClose: () => void }) {
    const [value, setValue] = useState('');
    const close = () => {
        keyWanted.value = false;
        props.onClose();
    };
    const use = (text: string) => {
        setKey(text);
        props.onClose();
    };
    return (
        <Dialog title="API key" onClose={close}>
            <p class="lead">
                A server that others can reach asks for a key. <code>granary keys add NAME --role viewer --file keys.json</code> makes one.
                This tab keeps it in its session memory; it is gone when you close the tab.
            </p>
            <form
                onSubmit={(e) => {
                    e.preventDefault();
                    use(value);
                }}
            >
                <TextField
                    label="Key"
                    type="password"
                    autocomplete="off"
                    value={value}
                    onValue={setValue}
                    hint={key.value === '' ? 'No key is entered.' : 'A key is entered; a new one takes its place.'}
                />
                <div class="actions">
                    {key.value !== '' && (
                        <button type="button" class="danger" onClick={() => use('')}>
                            Forget the key
                        </button>
                    )}
                    <button type="button" onClick={close}>
                        Back
                    </button>
                    <button type="submit" class="primary" disabled={value.trim() === ''}>
                        Use this key
                    </button>
                </div>
            </form>
        </Dialog>
    );
}
