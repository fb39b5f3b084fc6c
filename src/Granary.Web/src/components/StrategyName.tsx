/** Width of a column of strategies, pixels: room for the class, three parameters and the market. */
export const strategyWidth = innerWidth < 700 ? 180 : 250;

/** The whole id of a strategy. A line breaks before a parameter or a market, not within one. */
export function StrategyId(props: { id: string }) {
    return (
        <>
            {props.id.split(/(?<=[(,+])|(?=@)/).map((part, i) => (
                <>
                    {i > 0 && <wbr />}
                    {part}
                </>
            ))}
        </>
    );
}

/** A strategy by its class, the values of its parameters and its market; the whole id shows on hover. A row has room for two lines. */
export function StrategyName(props: { id: string }) {
    const at = props.id.lastIndexOf('@');
    const [name, market] = at < 0 ? [props.id, ''] : [props.id.slice(0, at), props.id.slice(at)];
    return (
        <span class="strategy" title={props.id}>
            {name
                .replace(/(?<=[(,])[^=,()]+=/g, '')
                .split(/(?<=,)/)
                .map((part) => (
                    <>
                        {part}
                        <wbr />
                    </>
                ))}
            {market}
        </span>
    );
}
