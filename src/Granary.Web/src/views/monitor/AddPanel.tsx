import { useState } from 'preact/hooks';
import { SelectField } from '../../components/Field';
import { kinds, mostPanels, panelOf, type Kind, type Panel } from './layout';

/** Adds a panel: the part of a session to show. */
export function AddPanel(props: { sessions: readonly string[]; count: number; onAdd: (panel: Panel) => void }) {
    const { sessions } = props;
    const [session, setSession] = useState('');
    const [kind, setKind] = useState<Kind>('price');
    const chosen = sessions.includes(session) ? session : (sessions[0] ?? '');
    const isFull = props.count >= mostPanels;
    return (
        <form
            class="add"
            onSubmit={(e) => {
                e.preventDefault();
                if (!isFull) props.onAdd(panelOf(kind, chosen));
            }}
        >
            <SelectField label="Session" value={chosen} options={sessions.map((s) => ({ value: s, label: s }))} onValue={setSession} />
            <SelectField
                label="Panel"
                value={kind}
                options={Object.entries(kinds).map(([value, label]) => ({ value, label }))}
                onValue={(k) => setKind(k as Kind)}
            />
            <button type="submit" class="primary" disabled={isFull}>
                Add
            </button>
            {isFull && <span class="soft">A view has at most {mostPanels} panels.</span>}
        </form>
    );
}
