import { useState } from 'preact/hooks';
import { json, type Schemas } from '../../api/client';
import { useAction } from '../../api/useAction';
import { ActionMenu } from '../../components/ActionMenu';
import { Confirm, Dialog } from '../../components/Dialog';
import { TextField } from '../../components/Field';
import { HoldButton } from '../../components/HoldButton';
import { Wrong } from '../../components/Wrong';
import { number } from '../../format/numbers';
import { EnterDialog } from './HandDialogs';

type Session = Schemas['SessionView'];

/** Sends a command to a session; the answer is the session's new state. */
export async function command(session: Session, body: Record<string, unknown>): Promise<Session> {
    return await json<Session>(`/sessions/${encodeURIComponent(session.id)}/commands`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
    });
}

type Asked = 'enter' | 'pause' | 'resume' | 'flatten' | 'stop';

/** The operator's commands to a session. */
export function Commands(props: { session: Session; onDone: (session: Session) => void }) {
    const { session } = props;
    const [asked, setAsked] = useState<Asked>();
    const paused = session.status?.state === 'paused';
    const close = () => setAsked(undefined);
    return (
        <div class="actions">
            <ActionMenu>
                <button type="button" onClick={() => setAsked('enter')}>
                    Enter by hand
                </button>
                {paused ? (
                    <button type="button" class="primary" onClick={() => setAsked('resume')}>
                        Resume entries
                    </button>
                ) : (
                    <button type="button" onClick={() => setAsked('pause')}>
                        Pause entries
                    </button>
                )}
                <button type="button" onClick={() => setAsked('stop')}>
                    End the session
                </button>
            </ActionMenu>
            <button type="button" class="danger" onClick={() => setAsked('flatten')}>
                Close everything
            </button>
            {asked === 'flatten' && <Flatten session={session} onDone={props.onDone} onClose={close} />}
            {asked === 'enter' && <EnterDialog session={session} onDone={props.onDone} onClose={close} />}
            {asked && asked !== 'flatten' && asked !== 'enter' && (
                <Plain asked={asked} session={session} onDone={props.onDone} onClose={close} />
            )}
        </div>
    );
}

const texts = {
    pause: {
        title: 'Pause entries',
        text: 'From the next bar on, nothing is entered, and entries that wait at the broker are cancelled. Exits, stops and targets remain active. Open trades stay open.',
        action: 'Pause entries',
    },
    resume: {
        title: 'Resume entries',
        text: 'From the next bar on, signals are entered again, also in symbols that were blocked because books and broker differed.',
        action: 'Resume entries',
    },
    stop: {
        title: 'End the session',
        text: 'The session writes its run’s folder and ends. Positions stay open at the broker, with their stops and targets. A new session on the account continues its journal.',
        action: 'End the session',
    },
} as const;

interface Props {
    session: Session;
    onDone: (session: Session) => void;
    onClose: () => void;
}

function Plain(props: Props & { asked: 'pause' | 'resume' | 'stop' }) {
    const [why, setWhy] = useState('');
    const { title, text, action } = texts[props.asked];
    return (
        <Confirm
            title={title}
            action={action}
            danger={props.asked === 'stop'}
            onClose={props.onClose}
            onConfirm={async () => props.onDone(await command(props.session, { command: props.asked, why }))}
        >
            <p>{text}</p>
            <TextField label="Reason, for the journal" value={why} onValue={setWhy} />
        </Confirm>
    );
}

// One dialog, so that few bars pass until the orders are sent. The button is held, so that no click closes positions by mistake.
function Flatten(props: Props) {
    const [why, setWhy] = useState('');
    const { session } = props;
    const trades = session.status?.openTrades ?? 0;
    const { run, busy, problem } = useAction(async () => {
        props.onDone(await command(session, { command: 'flatten', why }));
        props.onClose();
    });
    return (
        <Dialog title="Close everything and pause trading?" onClose={props.onClose}>
            <p>
                All positions of <b>{session.id}</b> are closed by market orders: {number(trades)} open {trades === 1 ? 'trade' : 'trades'}.
                Entries that wait are cancelled. This cannot be undone.
            </p>
            <p>
                <b>Trading pauses after it</b> until you choose Resume entries.
            </p>
            <TextField label="Reason, for the journal" value={why} onValue={setWhy} />
            <Wrong>{problem?.message}</Wrong>
            <div class="actions">
                <button type="button" onClick={props.onClose}>
                    Back
                </button>
                <HoldButton disabled={busy} onHeld={run}>
                    Hold to close everything
                </HoldButton>
            </div>
        </Dialog>
    );
}
