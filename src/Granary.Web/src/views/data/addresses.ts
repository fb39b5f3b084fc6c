/** The address of a market's view. */
export function marketAddress(market: { store: string; symbol: string; timeframe: string }): string {
    return `/data/market?${new URLSearchParams({ store: market.store, symbol: market.symbol, timeframe: market.timeframe }).toString()}`;
}
