import { useEffect, useState } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { asProblem } from '../../api/problem';
import { useAction } from '../../api/useAction';
import { useSearch } from '../../api/useSearch';
import { Dialog } from '../../components/Dialog';
import { SelectField, TextField } from '../../components/Field';
import { HoldButton } from '../../components/HoldButton';
import { Pairs, type Pair } from '../../components/Pairs';
import { Wrong } from '../../components/Wrong';
import { number, signedMoney, tone } from '../../format/numbers';
import { command } from './Commands';
import { asNumber, priceOf, quantityOf } from './digits';

type Session = Schemas['SessionView'];
type Trade = Schemas['AccountTradeRow'];
type Preview = Schemas['HandPreview'];
type Body = Record<string, unknown>;

const pause = 400;
/** Prices and limits of the preview are at most this old, in ms. */
const refresh = 5_000;

/**
 * What a command by hand would do, asked again when its fields have not changed for a moment, and then again and again; undefined while a
 * field is wrong.
 */
function usePreview(session: Session, body: Body | undefined): { preview: Preview | undefined; refusal: string | undefined } {
    const [answer, setAnswer] = useState<{ to: string; preview?: Preview | undefined; refusal?: string | undefined }>();
    const asked = body === undefined ? '' : JSON.stringify(body);
    useEffect(() => {
        if (asked === '') return undefined;
        const ask = () => {
            command(session, { ...(JSON.parse(asked) as Body), preview: true })
                .then((s) =>
                    setAnswer({ to: asked, preview: s.status?.preview ?? undefined, refusal: s.status?.commandFault ?? undefined }),
                )
                .catch((e: unknown) => setAnswer({ to: asked, refusal: asProblem(e).message }));
        };
        const first = setTimeout(ask, pause);
        const again = setInterval(ask, refresh);
        return () => {
            clearTimeout(first);
            clearInterval(again);
        };
        // The session changes with each bar; the fields decide when to ask.
        // eslint-disable-next-line react-hooks/exhaustive-deps
    }, [asked, session.id]);
    const isCurrent = answer?.to === asked;
    return {
        preview: isCurrent ? answer?.preview : undefined,
        refusal: isCurrent ? (answer?.preview?.refusal ?? answer?.refusal) : undefined,
    };
}

/** @param hasRest Whether a position remains that a stop can close. */
function pairsOf(session: Session, p: Preview, hasRest: boolean): Pair[] {
    const price = (v: number) => priceOf(session, p.symbol, v);
    const quantity = (v: number) => quantityOf(session, p.symbol, v);
    const pairs: Pair[] = [];
    if (p.command !== 'protect')
        pairs.push(
            { name: 'Order', value: `${p.side === 'buy' ? 'Buy' : 'Sell'} ${quantity(p.quantity)} ${p.symbol} at about ${price(p.price)}` },
            { name: 'Value', value: number(p.value, 2) },
            { name: 'Cost: fee, slippage, spread', value: number(p.cost, 2) },
        );
    if (p.profit != null) pairs.push({ name: 'Profit booked, before fees', value: signedMoney(p.profit), tone: tone(p.profit) });
    if (hasRest)
        pairs.push(
            { name: 'Stop', value: p.stop == null ? 'none' : price(p.stop) },
            { name: 'Target', value: p.target == null ? 'none' : price(p.target) },
            {
                name: 'Lost at the stop',
                value:
                    p.risk == null
                        ? 'not limited: there is no stop'
                        : `${number(p.risk, 2)}, ${number(p.riskPercent ?? 0, 2)}% of the equity`,
            },
        );
    pairs.push(
        { name: 'Position afterwards', value: `${quantity(p.position)} ${p.symbol}` },
        { name: 'All positions afterwards', value: `${number(p.grossPercent, 1)}% of the equity` },
    );
    for (const l of p.limits)
        if (l.allowed > 0) pairs.push({ name: `Limit: ${l.title}`, value: `${number(l.used, 1)} of ${number(l.allowed, 1)}` });
    return pairs;
}

const computing = 'The session computes price, cost, limits and risk.';

// What a command would do, or a hint until that is known.
function Effect(props: { session: Session; preview: Preview | undefined; hint: string; hasRest?: boolean }) {
    const { session, preview, hint, hasRest = true } = props;
    return (
        <div class="preview" aria-live="polite">
            {preview ? (
                <>
                    <Pairs caption="Preview at the last close" pairs={pairsOf(session, preview, hasRest)} />
                    <p class="soft">{preview.then}</p>
                </>
            ) : (
                hint !== '' && <p class="soft">{hint}</p>
            )}
        </div>
    );
}

/** The preview of closing a whole trade. */
export function ClosePreview(props: { session: Session; trade: Trade }) {
    const { session, trade } = props;
    const { preview, refusal } = usePreview(session, { command: 'close', trade: trade.entry });
    return (
        <>
            <Effect session={session} preview={preview} hint={refusal ? '' : computing} hasRest={false} />
            <Wrong>{refusal}</Wrong>
        </>
    );
}

// The preview, the reason and the button that is held.
function Order(props: {
    session: Session;
    body: Body | undefined;
    hint: string;
    action: string;
    onDone: (session: Session) => void;
    onClose: () => void;
}) {
    const { session, body } = props;
    const [why, setWhy] = useState('');
    const { preview, refusal } = usePreview(session, body);
    const { run, busy, problem } = useAction(async () => {
        const after = await command(session, { ...body, why });
        if (after.status?.commandFault) throw new Error(after.status.commandFault);
        props.onDone(after);
        props.onClose();
    });
    return (
        <>
            <Effect session={session} preview={preview} hint={refusal ? '' : body === undefined ? props.hint : computing} />
            <Wrong>{problem?.message ?? refusal}</Wrong>
            <TextField label="Reason, for the journal" value={why} onValue={setWhy} />
            <div class="actions">
                <button type="button" onClick={props.onClose}>
                    Back
                </button>
                <HoldButton disabled={busy || !preview || refusal !== undefined} onHeld={run}>
                    {props.action}
                </HoldButton>
            </div>
        </>
    );
}

type Change = 'part' | 'protect' | 'reverse';

const changes: { value: Change; label: string }[] = [
    { value: 'protect', label: 'Move or remove stop and target' },
    { value: 'part', label: 'Close a part' },
    { value: 'reverse', label: 'Reverse: close, and enter the other side' },
];

const textOf = (level: number | null | undefined) => (level == null ? '' : String(level));

const levels = { label: '', hint: 'Empty for none' };

/** Changes an open trade by hand. */
export function TradeDialog(props: { session: Session; trade: Trade; onDone: (session: Session) => void; onClose: () => void }) {
    const { session } = props;
    // As it is now, while it is open.
    const trade = session.status?.account.trades.find((t) => t.entry === props.trade.entry) ?? props.trade;
    const [change, setChange] = useState<Change>('protect');
    const [quantity, setQuantity] = useState(String(Number((trade.quantity / 2).toPrecision(10))));
    // As they were when the dialog opened; a trailing stop moves on meanwhile.
    const [before] = useState({ stop: textOf(trade.stop), target: textOf(trade.target) });
    const [stop, setStop] = useState(before.stop);
    const [target, setTarget] = useState(before.target);
    const choose = (to: Change) => {
        setChange(to);
        // The levels of the trade are on the wrong side of its reversal.
        if (to === 'reverse') {
            setStop('');
            setTarget('');
        }
    };
    const [q, s, t] = [asNumber(quantity), asNumber(stop), asNumber(target)];
    const hasLevels = s !== undefined && t !== undefined;
    // A level that was not touched stays as it is.
    const isTouched = { stop: stop !== before.stop, target: target !== before.target };
    const levelsAfter =
        change === 'reverse'
            ? { stop: s ?? 0, target: t ?? 0 }
            : { ...(isTouched.stop ? { stop: s ?? 0 } : {}), ...(isTouched.target ? { target: t ?? 0 } : {}) };
    const isMoved = change === 'reverse' || isTouched.stop || isTouched.target;
    const body: Body | undefined =
        change === 'part'
            ? q != null && q > 0
                ? { command: 'close', trade: trade.entry, quantity: q }
                : undefined
            : hasLevels && isMoved
              ? { command: change, trade: trade.entry, ...levelsAfter }
              : undefined;
    return (
        <Dialog title={`${trade.symbol}: change the trade`} onClose={props.onClose}>
            <p>
                {trade.side === 'buy' ? 'Long' : 'Short'} {quantityOf(session, trade.symbol, trade.quantity)} {trade.symbol}, entered at{' '}
                {priceOf(session, trade.symbol, trade.entryPrice)}; last close {priceOf(session, trade.symbol, trade.last)}.
            </p>
            <SelectField label="What to do" value={change} options={changes} onValue={(v) => choose(v as Change)} />
            {change === 'part' ? (
                <TextField label="Quantity to close" inputMode="decimal" value={quantity} onValue={setQuantity} />
            ) : (
                <div class="pairfields">
                    <TextField {...levels} label="Stop" inputMode="decimal" value={stop} onValue={setStop} />
                    <TextField {...levels} label="Target" inputMode="decimal" value={target} onValue={setTarget} />
                </div>
            )}
            <Order
                session={session}
                body={body}
                hint={
                    change === 'protect' && hasLevels && !isMoved
                        ? 'Change the stop or the target; an empty field removes it.'
                        : 'Type a number above 0, without a comma for thousands.'
                }
                action={
                    change === 'part'
                        ? 'Hold to close the part'
                        : change === 'protect'
                          ? 'Hold to set stop and target'
                          : 'Hold to reverse the trade'
                }
                onDone={props.onDone}
                onClose={props.onClose}
            />
        </Dialog>
    );
}

const sizes = [
    { value: 'percentOfEquity', label: 'Percent of the equity' },
    { value: 'riskPercent', label: 'Risk to the stop, percent of the equity' },
    { value: 'cash', label: 'Amount of cash' },
    { value: 'units', label: 'Units' },
];

/** Enters a trade by hand. */
export function EnterDialog(props: { session: Session; onDone: (session: Session) => void; onClose: () => void }) {
    const { session } = props;
    const symbols = Object.keys(session.status?.account.digits ?? {});
    // The symbol of the chart.
    const shown = useSearch().search.symbol;
    const [symbol, setSymbol] = useState(
        () => [shown, ...Object.keys(session.status?.positions ?? {}), ...symbols].find((s) => s && symbols.includes(s)) ?? '',
    );
    const [side, setSide] = useState('buy');
    const [rule, setRule] = useState('percentOfEquity');
    const [size, setSize] = useState('5');
    const [limit, setLimit] = useState('');
    const [stop, setStop] = useState('');
    const [target, setTarget] = useState('');
    const last = session.status?.account.digits[symbol]?.last;
    const [z, p, s, t] = [asNumber(size), asNumber(limit), asNumber(stop), asNumber(target)];
    const isWhole = symbol !== '' && z != null && z > 0 && p !== undefined && s !== undefined && t !== undefined;
    const body: Body | undefined = isWhole
        ? {
              command: 'enter',
              symbol,
              side,
              size: { [rule]: z },
              ...(p === null ? {} : { price: p }),
              ...(s === null ? {} : { stop: s }),
              ...(t === null ? {} : { target: t }),
          }
        : undefined;
    return (
        <Dialog title="Enter a trade by hand" onClose={props.onClose}>
            <div class="pairfields">
                <TextField
                    label="Symbol"
                    hint={last == null ? 'One that the session trades' : `Last close ${priceOf(session, symbol, last)}`}
                    value={symbol}
                    choices={symbols}
                    onValue={setSymbol}
                />
                <SelectField
                    label="Side"
                    value={side}
                    options={[
                        { value: 'buy', label: 'Buy (long)' },
                        { value: 'sell', label: 'Sell (short)' },
                    ]}
                    onValue={setSide}
                />
                <SelectField label="Size by" value={rule} options={sizes} onValue={setRule} />
                <TextField label="Size" inputMode="decimal" value={size} onValue={setSize} />
                <TextField {...levels} label="Stop" inputMode="decimal" value={stop} onValue={setStop} />
                <TextField {...levels} label="Target" inputMode="decimal" value={target} onValue={setTarget} />
                <TextField label="Limit price" hint="Empty for a market order" inputMode="decimal" value={limit} onValue={setLimit} />
            </div>
            <Order
                session={session}
                body={body}
                hint="Choose a symbol, and type a size above 0, without a comma for thousands."
                action="Hold to enter the trade"
                onDone={props.onDone}
                onClose={props.onClose}
            />
        </Dialog>
    );
}
