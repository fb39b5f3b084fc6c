namespace Granary;

/// <summary>The keys of a batch's <c>execution</c>.</summary>
public sealed record BatchExecution
{
    /// <summary>Of the notional; default <c>0</c>.</summary>
    public double? CommissionPercent { get; init; }

    /// <summary>The same for limit orders filled at their price; negative is a rebate.</summary>
    public double? CommissionMakerPercent { get; init; }

    /// <summary>Per unit, added to the percentage; default <c>0</c>.</summary>
    public double? CommissionPerUnit { get; init; }

    /// <summary>Per order, charged with its first fill.</summary>
    public double? CommissionPerOrder { get; init; }

    /// <summary>Minimum per order, over all its fills.</summary>
    public double? CommissionMinimum { get; init; }

    /// <summary>[{ "from": 1000000, "percent": 0.08, "makerPercent": 0.02 }], by notional of the last commissionTierDays days.</summary>
    public IReadOnlyList<BatchFeeTier>? CommissionTiers { get; init; }

    /// <summary>Days over which commissionTiers count the notional.</summary>
    public int? CommissionTierDays { get; init; }

    /// <summary>Of the price of market and stop orders, within the bar's range; default <c>0</c>.</summary>
    public double? SlippagePercent { get; init; }

    /// <summary>In the instrument's ticks, added to the percentage; default <c>0</c>.</summary>
    public double? SlippageTicks { get; init; }

    /// <summary>Factor of (fill / bar volume)², a fraction of the price, added to the other slippage; default <c>0</c>.</summary>
    public double? SlippageVolumeImpact { get; init; }

    /// <summary>
    /// Between bid and ask, of the price; market and stop orders pay half of it, added to the other slippage; default <c>0</c>.
    /// </summary>
    public double? SpreadPercent { get; init; }

    /// <summary>
    /// A file of granary costs fit: market and stop orders pay what was measured, by side, venue, size, range and hour, within the bar's
    /// range (what fills cost). It takes the place of slippagePercent, slippageTicks, slippageVolumeImpact and spreadPercent; commissions
    /// are added.
    /// </summary>
    public string? Costs { get; init; }

    /// <summary>
    /// Says which costs of that file: mean, or upper, the end that the true costs do not exceed with 95 % confidence; default <c>mean</c>.
    /// </summary>
    public string? At { get; init; }

    /// <summary>The hash that the file must have; a run writes it into prod.json, so that live uses the costs that were tested.</summary>
    public string? CostsHash { get; init; }

    /// <summary>
    /// Bars until an order arrives; cancellations, and stops and targets of an entry, are not delayed; default <c>0</c>.
    /// </summary>
    public int? LatencyBars { get; init; }

    /// <summary>
    /// Maximum share of a bar's volume that a strategy, and the portfolio in total, fills. The rest stays open; the rest of a triggered
    /// stop is a market order.
    /// </summary>
    public double? VolumePercent { get; init; }

    /// <summary>Of entries without their own: gtc, day, ioc, fok; default <c>gtc</c>.</summary>
    public string? TimeInForce { get; init; }

    /// <summary>
    /// Per year, on short positions at the last close (actual/365); the paper broker charges it, interest and dividends likewise; default
    /// <c>0</c>.
    /// </summary>
    public double? BorrowPercent { get; init; }

    /// <summary>Costs of single symbols, as { "ACME": { "borrowPercent": 12 } }.</summary>
    public Dictionary<string, BatchSymbolCosts>? Symbols { get; init; }

    /// <summary>
    /// Per year, on purchases beyond the cash without proceeds of short sales (actual/365; with leverage); long trades share it by value
    /// (carry in trades.csv); default <c>0</c>.
    /// </summary>
    public double? MarginRatePercent { get; init; }

    /// <summary>Maximum positions as a multiple of the equity (margin).</summary>
    public double? Leverage { get; init; }

    /// <summary>
    /// Minimum equity in percent of the positions' value (of their margin if set); below it all positions are closed at the next open
    /// (margin-call).
    /// </summary>
    public double? MaintenancePercent { get; init; }

    /// <summary>
    /// Says what backs a leveraged position: cross, the whole equity, or isolated, the trade's own margin. A position is liquidated within
    /// the bar that reaches its price, and maintenancePercent is its maintenance margin (perpetual futures): <c>none</c>, <c>cross</c>,
    /// <c>isolated</c>; default <c>none</c>.
    /// </summary>
    public string? Margin { get; init; }

    /// <summary>
    /// The exchange's maintenance margins: a table of from,ratePercent and optional symbol, amount and maxLeverage (Margin tiers).
    /// </summary>
    public string? MarginTiers { get; init; }

    /// <summary>The exchange's fee of the liquidated notional, which the liquidation price includes; default <c>0</c>.</summary>
    public double? LiquidationFeePercent { get; init; }

    /// <summary>Says when a symbol stops trading: mark or close; default <c>mark</c>.</summary>
    public string? AtEnd { get; init; }

    /// <summary>Doubles all costs, drops rebates, and delays every order by one bar; default <c>false</c>.</summary>
    public bool? Stress { get; init; }

    /// <summary>Next-open or same-close; default <c>next-open</c>.</summary>
    public string? Fill { get; init; }

    /// <summary>
    /// Says which comes first in a bar that touches stop and target: stop-first or target-first; default <c>stop-first</c>.
    /// </summary>
    public string? Intrabar { get; init; }

    /// <summary>Smaller bars that decide this: 1m, …, or auto.</summary>
    public string? IntrabarPath { get; init; }

    /// <summary>Stop and target work from the entry-bar or the next-bar; default <c>entry-bar</c>.</summary>
    public string? ProtectFrom { get; init; }
}
