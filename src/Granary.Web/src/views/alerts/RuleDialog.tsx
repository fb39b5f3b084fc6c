import { useState } from 'preact/hooks';
import { asProblem } from '../../api/problem';
import { Confirm } from '../../components/Dialog';
import { Group, SelectField, TextField } from '../../components/Field';
import { conditionOf, edited, save, unitOf, type Edit, type Rule, type State } from './rules';

interface Props {
    state: State;
    /** The rule to change; undefined for a new one. */
    rule: Rule | undefined;
    accounts: readonly string[];
    onChanged: () => void;
    onClose: () => void;
}

/** Adds a rule, or changes one. */
export function RuleDialog(props: Props) {
    const { state, rule } = props;
    const [on, setOn] = useState(rule?.on ?? state.events[0]?.on ?? '');
    const event = state.events.find((e) => e.on === on);
    const [threshold, setThreshold] = useState(String(rule?.threshold ?? event?.threshold ?? ''));
    const [account, setAccount] = useState(rule?.account ?? '');
    const [to, setTo] = useState<readonly string[]>(rule?.to ?? state.channels.slice(0, 1).map((c) => c.name));
    const [every, setEvery] = useState(rule?.every ?? '');
    const [symbol, setSymbol] = useState(rule?.symbol ?? '');
    const [why, setWhy] = useState('');
    const after: Rule = {
        on,
        threshold: event?.unit == null ? null : Number(threshold),
        account: event?.hasAccount && account !== '' ? account : null,
        to: [...to],
        symbol: event?.unit === 'price' ? symbol.trim() : null,
        every: event?.isUrgent || every.trim() === '' ? null : every.trim(),
    };
    const choose = (next: string) => {
        setOn(next);
        setThreshold(String(state.events.find((e) => e.on === next)?.threshold ?? ''));
    };
    // A channel that the file does not have any more can only be taken out.
    const names = [...new Set([...state.channels.map((c) => c.name), ...to])];
    return (
        <Confirm
            title={rule ? 'Change the rule' : 'Add a rule'}
            action={rule ? 'Save the rule' : 'Add the rule'}
            onClose={props.onClose}
            onConfirm={() => apply(props, { before: rule, after }, why)}
        >
            <SelectField
                label="Event"
                value={on}
                options={state.events.map((e) => ({ value: e.on, label: e.on }))}
                hint={conditionOf(state, after)}
                onValue={choose}
            />
            <div class="row">
                {event?.unit === 'price' && <TextField label="Symbol" required value={symbol} onValue={setSymbol} />}
                {event?.unit != null && (
                    <TextField
                        label={event.unit === 'price' ? 'Price' : `Threshold${unitOf(state, on) === '' ? '' : `, ${unitOf(state, on)}`}`}
                        type="number"
                        min={0}
                        step="any"
                        required
                        value={threshold}
                        onValue={setThreshold}
                    />
                )}
                {event?.hasAccount && (
                    <TextField label="Account" value={account} choices={props.accounts} onValue={setAccount} hint="Empty: all accounts" />
                )}
            </div>
            {!event?.isUrgent && (
                <TextField
                    label="Collect for"
                    value={every}
                    onValue={setEvery}
                    hint="Such as 15m or 1h, then one message; empty: as the channel"
                />
            )}
            <Group label="Channels">
                {names.map((name) => (
                    <label class="check" key={name}>
                        <input
                            type="checkbox"
                            checked={to.includes(name)}
                            onChange={(e) => setTo(e.currentTarget.checked ? [...to, name] : to.filter((t) => t !== name))}
                        />
                        {name}
                    </label>
                ))}
            </Group>
            <TextField label="Reason, for the audit log" value={why} onValue={setWhy} />
        </Confirm>
    );
}

/** Asks before a rule is removed. */
export function RemoveDialog(props: Props & { rule: Rule }) {
    const { state, rule } = props;
    const [why, setWhy] = useState('');
    return (
        <Confirm
            title="Remove the rule"
            action="Remove the rule"
            danger
            onClose={props.onClose}
            onConfirm={() => apply(props, { before: rule, after: undefined }, why)}
        >
            <p>
                {conditionOf(state, rule)}, {rule.account ?? 'all accounts'}: it is not sent any more to {rule.to.join(', ')}.
            </p>
            <TextField label="Reason, for the audit log" value={why} onValue={setWhy} />
        </Confirm>
    );
}

// After a conflict the page has the newest rules, and the same button saves the change on top of them.
async function apply(props: Props, edit: Edit, why: string): Promise<void> {
    try {
        await save(props.state, edited(props.state.rules, edit), why);
        props.onChanged();
    } catch (e) {
        if (asProblem(e).status === 412) props.onChanged();
        throw e;
    }
}
