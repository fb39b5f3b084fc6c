import { useRef, useState } from 'preact/hooks';
import { api, take, type Schemas } from '../../api/client';
import { useAction } from '../../api/useAction';
import { Dialog } from '../../components/Dialog';
import { SelectField } from '../../components/Field';
import { Wrong } from '../../components/Wrong';
import { time } from '../../format/times';
import type { RunDetails } from './run';

const lengths = [
    { value: '1', label: '1 day' },
    { value: '7', label: '7 days' },
    { value: '30', label: '30 days' },
];

/** Makes a link with which anyone can read a run, until it expires. */
export function ShareDialog(props: { run: RunDetails; onClose: () => void }) {
    const [days, setDays] = useState('7');
    const [share, setShare] = useState<Schemas['Share']>();
    const { run, busy, problem } = useAction(async () => {
        const path = { id: props.run.id };
        setShare(await take(api.POST('/api/v1/runs/{id}/shares', { params: { path }, body: { days: Number(days) } })));
    });
    const link = useRef<HTMLInputElement>(null);
    const [said, setSaid] = useState('');
    // Browsers let a page copy only where its address begins with https: or is of this machine.
    const copy = async (text: string) => {
        try {
            await navigator.clipboard.writeText(text);
            setSaid('The link is copied.');
        } catch {
            link.current?.select();
            setSaid('The browser does not let this page copy. The link is selected: copy it with Ctrl C.');
        }
    };
    const url = share && new URL(share.url, location.origin).href;
    return (
        <Dialog title={`Share ${props.run.name}`} onClose={props.onClose}>
            <form
                onSubmit={(e) => {
                    e.preventDefault();
                    if (url) void copy(url);
                    else if (!busy) run();
                }}
            >
                <p>Everyone with the link can read this run, and nothing else. It needs no key.</p>
                {url ? (
                    <div class="field">
                        <label for="share-link">Link, until {time(share.expiresAt)}</label>
                        <input id="share-link" ref={link} readOnly value={url} onFocus={(e) => e.currentTarget.select()} />
                        <span class="hint" role="status">
                            {said}
                        </span>
                    </div>
                ) : (
                    <SelectField label="The link works for" value={days} options={lengths} onValue={setDays} />
                )}
                <Wrong>{problem?.message}</Wrong>
                <div class="actions">
                    <button type="button" onClick={props.onClose}>
                        Close
                    </button>
                    {url ? (
                        <button type="submit" class="primary">
                            Copy the link
                        </button>
                    ) : (
                        <button type="submit" class="primary" disabled={busy}>
                            Make the link
                        </button>
                    )}
                </div>
            </form>
        </Dialog>
    );
}
