/** The id of a strategy. Where it does not fit, its parameters are cut, and its market stays. */
export function StrategyName(props: { id: string }) {
    const at = props.id.lastIndexOf('@');
    if (at < 0) return <>{props.id}</>;
    return (
        <span class="strategy" title={props.id}>
            <span>{props.id.slice(0, at)}</span>
            <span>{props.id.slice(at)}</span>
        </span>
    );
}
