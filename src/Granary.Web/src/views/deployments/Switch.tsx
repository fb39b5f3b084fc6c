import { useState } from 'preact/hooks';
import { api, json, take, type Schemas } from '../../api/client';
import { useAction } from '../../api/useAction';
import { useQuery } from '../../api/useQuery';
import { Dialog } from '../../components/Dialog';
import { SelectField, TextField } from '../../components/Field';
import { Wrong } from '../../components/Wrong';
import { ShortTable } from '../../components/ShortTable';
import { number, price, signedMoney, tone } from '../../format/numbers';
import { isRunning } from '../live/StateBadge';

type Outcome = Schemas['SwitchOutcome'];

const policies = [
    { value: 'keep', label: 'Keep trades of strategies that both define alike; the others wind down' },
    { value: 'wind-down', label: 'Each trade ends by the exits of the strategy that entered it' },
    { value: 'close', label: 'Close each trade when the next session starts' },
];

/** Hands an account over to a deployment: first what would become of each trade, and then the switch. */
export function Switch(props: { deployment: Schemas['DeploymentEntry']; onClose: () => void; onDone: () => void }) {
    const { deployment } = props;
    const sessions = useQuery('sessions', () => json<Schemas['SessionView'][]>('/sessions'));
    const [account, setAccount] = useState(deployment.lastAccount ?? '');
    const [policy, setPolicy] = useState('keep');
    const [why, setWhy] = useState('');
    const [plan, setPlan] = useState<Outcome>();
    const {
        run: ask,
        busy,
        problem,
    } = useAction(async (dryRun: boolean) => {
        const outcome = await take(
            api.POST('/api/v1/deployments/{number}/switch', {
                params: { path: { number: deployment.number } },
                body: { account, policy, dryRun, why },
            }),
        );
        setPlan(outcome);
        if (!dryRun) props.onDone();
    });
    const done = plan?.dryRun === false;
    const running = sessions.data?.some((s) => s.id === account && isRunning(s)) === true;
    return (
        <Dialog title={`Hand an account over to ${deployment.number}: ${deployment.name}`} onClose={props.onClose}>
            <form
                onSubmit={(e) => {
                    e.preventDefault();
                    if (!busy && account !== '' && !done && !(plan && running)) ask(!plan);
                }}
            >
                <SelectField
                    label="Account"
                    value={account}
                    options={[{ value: '', label: 'Choose' }, ...(sessions.data ?? []).map((s) => ({ value: s.id, label: s.id }))]}
                    onValue={(v) => {
                        setAccount(v);
                        setPlan(undefined);
                    }}
                />
                <SelectField
                    label="Open trades"
                    value={policy}
                    options={policies}
                    onValue={(v) => {
                        setPolicy(v);
                        setPlan(undefined);
                    }}
                />
                <TextField label="Reason, for journal and history" value={why} onValue={setWhy} />
                {plan && <Plan plan={plan} />}
                {plan && running && !done && (
                    <p class="notice">The account is traded now. End its session first; the next one starts on the new deployment.</p>
                )}
                <Wrong>{problem?.message}</Wrong>
                <div class="actions">
                    <button type="button" onClick={props.onClose}>
                        {done ? 'Done' : 'Back'}
                    </button>
                    {!done && (
                        <>
                            <button type={plan ? 'button' : 'submit'} disabled={busy || account === ''} onClick={plan && (() => ask(true))}>
                                Show what would happen
                            </button>
                            <button type={plan ? 'submit' : 'button'} class="primary" disabled={busy || !plan || running}>
                                Hand over
                            </button>
                        </>
                    )}
                </div>
            </form>
        </Dialog>
    );
}

function Plan(props: { plan: Outcome }) {
    const { plan } = props;
    return (
        <div aria-live="polite">
            <p class={plan.dryRun ? 'notice calm' : 'notice'}>
                {plan.alreadyDone
                    ? `${plan.account} trades deployment ${plan.to} already.`
                    : plan.dryRun
                      ? `${plan.account} would go from deployment ${plan.from} to ${plan.to}. Nothing is changed yet.`
                      : `${plan.account} was handed over from deployment ${plan.from} to ${plan.to}.`}
                {plan.newSymbols.length > 0 && ` New symbols, whose factors begin without a past: ${plan.newSymbols.join(', ')}.`}
            </p>
            {plan.trades.length === 0 ? (
                <p class="soft">No trade is open and no entry waits.</p>
            ) : (
                <ShortTable
                    label="Open trades"
                    rows={plan.trades}
                    columns={[
                        { title: 'Trade', cell: (t) => `${t.symbol} ${t.side}${t.entryPrice > 0 ? ` at ${price(t.entryPrice)}` : ''}` },
                        { title: 'Quantity', figure: true, cell: (t) => number(t.quantity, 4) },
                        { title: 'Open profit', figure: true, cell: (t) => signedMoney(t.profit), tone: (t) => tone(t.profit) },
                        { title: 'What becomes of it', cell: (t) => t.what },
                    ]}
                />
            )}
        </div>
    );
}
