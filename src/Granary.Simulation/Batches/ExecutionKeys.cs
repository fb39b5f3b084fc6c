using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>The keys of a batch file's <c>execution</c>.</summary>
internal sealed record ExecutionKeys
{
    /// <summary>Percent of the notional: more than the rebate of any exchange, so more than that is a wrong sign.</summary>
    internal const double MostRebate = 0.05;

    [Key("of the notional", IsAlwaysWritten = true, Reach = KeyReach.Costs), Range(0, 50)]
    public double CommissionPercent { get; init; }

    [Key("the same for limit orders filled at their price; negative is a rebate", Without = "`commissionPercent`",
        Reach = KeyReach.Costs), Range(-MostRebate, 50)]
    public double? CommissionMakerPercent { get; init; }

    [Key("per unit, added to the percentage", Reach = KeyReach.Costs), Range(0, 1e9)]
    public double CommissionPerUnit { get; init; }

    [Key("per order, charged with its first fill", Without = "none", Reach = KeyReach.Costs), Range(0, 1e9)]
    public double CommissionPerOrder { get; init; }

    [Key("minimum per order, over all its fills", Without = "none", Reach = KeyReach.Costs), Range(0, 1e9)]
    public double CommissionMinimum { get; init; }

    [Key("`[{ \"from\": 1000000, \"percent\": 0.08, \"makerPercent\": 0.02 }]`, by notional of the last `commissionTierDays` days",
        Without = "none", Reach = KeyReach.Costs)]
    public IReadOnlyList<FeeTierKeys>? CommissionTiers { get; init; }

    [Key("days over which `commissionTiers` count the notional", Without = "30", Reach = KeyReach.Costs), Range(1, 3660)]
    public int? CommissionTierDays { get; init; }

    [Key("of the price of market and stop orders, within the bar's range", IsAlwaysWritten = true, Reach = KeyReach.Costs), Range(0, 50)]
    public double SlippagePercent { get; init; }

    [Key("in the instrument's ticks, added to the percentage", Reach = KeyReach.Costs), Range(0, 10_000)]
    public double SlippageTicks { get; init; }

    [Key("factor of (fill / bar volume)², a fraction of the price, added to the other slippage", Reach = KeyReach.Costs), Range(0, 1)]
    public double SlippageVolumeImpact { get; init; }

    [Key("between bid and ask, of the price; market and stop orders pay half of it, added to the other slippage",
        Reach = KeyReach.Costs), Range(0, 50)]
    public double SpreadPercent { get; init; }

    [Key("a file of `granary costs fit`: market and stop orders pay what was measured, by side, venue, size, range and hour, within the "
        + "bar's range ([what fills cost](costs.md)). It takes the place of `slippagePercent`, `slippageTicks`, `slippageVolumeImpact` and "
        + "`spreadPercent`; commissions are added", Offers = "file", Without = "none", Reach = KeyReach.Costs)]
    public Address? Costs { get; init; }

    [Key("which costs of that file: `mean`, or `upper`, the end that the true costs do not exceed with 95 % confidence",
        Reach = KeyReach.Costs)]
    public CostsAt At { get; init; }

    [Key("the `hash` that the file must have; a run writes it into `prod.json`, so that `live` uses the costs that were tested",
        Without = "any", Reach = KeyReach.Costs)]
    public string? CostsHash { get; init; }

    [Key("bars until an order arrives; cancellations, and stops and targets of an entry, are not delayed"), Range(0, 1000)]
    public int LatencyBars { get; init; }

    [Key("maximum share of a bar's volume that a strategy, and the portfolio in total, fills. The rest stays open; the rest of a triggered "
        + "stop is a market order", Without = "no limit"), Range(1e-9, 100)]
    public double? VolumePercent { get; init; }

    [Key("of entries without their own: `gtc`, `day`, `ioc`, `fok`", Words = "gtc day ioc fok")]
    public TimeInForce TimeInForce { get; init; }

    [Key("per year, on short positions at the last close (actual/365); the paper broker charges it, interest and dividends likewise",
        Reach = KeyReach.Costs),
        Range(0, 1000)]
    public double BorrowPercent { get; init; }

    [Key("costs of [single symbols](#costs-of-single-symbols), as `{ \"ACME\": { \"borrowPercent\": 12 } }`", Without = "none",
        Reach = KeyReach.Costs)]
    public IReadOnlyDictionary<string, SymbolCostKeys> Symbols { get; init; } = new Dictionary<string, SymbolCostKeys>();

    [Key("per year, on purchases beyond the cash without proceeds of short sales (actual/365; with `leverage`); long trades share it by "
        + "value (`carry` in `trades.csv`)", Reach = KeyReach.Costs), Range(0, 1000)]
    public double MarginRatePercent { get; init; }

    [Key("maximum positions as a multiple of the equity ([margin](#margin-and-ruin))", Without = "none"), Range(1, 1000)]
    public double? Leverage { get; init; }

    [Key("minimum equity in percent of the positions' value (of their `margin` if set); below it all positions are closed at the next open "
        + "(`margin-call`)", Without = "no margin calls"), Range(0, 100)]
    public double MaintenancePercent { get; init; }

    [Key("what backs a leveraged position: `cross`, the whole equity, or `isolated`, the trade's own margin. A position is liquidated within "
        + "the bar that reaches its price, and `maintenancePercent` is its maintenance margin ([perpetual futures](perpetuals.md#margin))",
        Words = "none cross isolated")]
    public MarginMode Margin { get; init; }

    [Key("the exchange's maintenance margins: a table of `from,ratePercent` and optional `symbol`, `amount` and `maxLeverage` "
        + "([Margin tiers](perpetuals.md#margin-tiers))", Offers = "file", Without = "`maintenancePercent` for positions of any size")]
    public Address? MarginTiers { get; init; }

    [Key("the exchange's fee of the liquidated notional, which the liquidation price includes"), Range(0, 10)]
    public double LiquidationFeePercent { get; init; }

    [Key("when a symbol [stops trading](#end-of-data): `mark` or `close`")]
    public AtEnd AtEnd { get; init; }

    [Key("doubles all costs, drops rebates, and delays every order by one bar")]
    public bool Stress { get; init; }

    [Key("`next-open` or `same-close`", IsAlwaysWritten = true)]
    public FillTiming Fill { get; init; }

    [Key("which comes first in a bar that touches stop and target: `stop-first` or `target-first`", IsAlwaysWritten = true)]
    public IntrabarRule Intrabar { get; init; }

    [Key("[smaller bars](#intrabar-path) that decide this: `1m`, …, or `auto`", Without = "none")]
    public string? IntrabarPath { get; init; }

    [Key("stop and target work from the `entry-bar` or the `next-bar`", IsAlwaysWritten = true)]
    public ProtectFrom ProtectFrom { get; init; }
}

/// <summary>A step of <see cref="ExecutionKeys.CommissionTiers"/>.</summary>
internal sealed record FeeTierKeys
{
    [Key("least notional of the step"), Range(0, 1e18)]
    public required double From { get; init; }

    [Key("commission of the notional"), Range(0, 50)]
    public required double Percent { get; init; }

    [Key("the same for limit orders filled at their price; negative is a rebate", Without = "`percent`"),
        Range(-ExecutionKeys.MostRebate, 50)]
    public double? MakerPercent { get; init; }
}

/// <summary>The costs of a symbol in <see cref="ExecutionKeys.Symbols"/>; a missing one is taken from all symbols.</summary>
internal sealed record SymbolCostKeys
{
    private const string All = "as for all symbols";

    [Key("of the notional", Without = All), Range(0, 50)]
    public double? CommissionPercent { get; init; }

    [Key("the same for limit orders filled at their price; negative is a rebate",
        Without = "the symbol's `commissionPercent`, else as for all symbols"), Range(-ExecutionKeys.MostRebate, 50)]
    public double? CommissionMakerPercent { get; init; }

    [Key("per unit, added to the percentage", Without = All), Range(0, 1e9)]
    public double? CommissionPerUnit { get; init; }

    [Key("per order, charged with its first fill", Without = All), Range(0, 1e9)]
    public double? CommissionPerOrder { get; init; }

    [Key("minimum per order, over all its fills", Without = All), Range(0, 1e9)]
    public double? CommissionMinimum { get; init; }

    [Key("of the price of market and stop orders", Without = All), Range(0, 50)]
    public double? SlippagePercent { get; init; }

    [Key("in the instrument's ticks", Without = All), Range(0, 10_000)]
    public double? SlippageTicks { get; init; }

    [Key("factor of (fill / bar volume)²", Without = All), Range(0, 1)]
    public double? SlippageVolumeImpact { get; init; }

    [Key("between bid and ask, of the price", Without = All), Range(0, 50)]
    public double? SpreadPercent { get; init; }

    [Key("per year, on short positions", Without = All), Range(0, 1000)]
    public double? BorrowPercent { get; init; }

    /// <summary>
    /// The keys of all symbols with these values. The tiers belong to <c>commissionPercent</c>, so any other commission has none.
    /// </summary>
    public ExecutionKeys Over(ExecutionKeys all) => all with
    {
        CommissionPercent = CommissionPercent ?? all.CommissionPercent,
        CommissionMakerPercent = CommissionMakerPercent ?? (CommissionPercent is null ? all.CommissionMakerPercent : null),
        CommissionPerUnit = CommissionPerUnit ?? all.CommissionPerUnit,
        CommissionPerOrder = CommissionPerOrder ?? all.CommissionPerOrder,
        CommissionMinimum = CommissionMinimum ?? all.CommissionMinimum,
        CommissionTiers = CommissionPercent is null ? all.CommissionTiers : null,
        CommissionTierDays = CommissionPercent is null ? all.CommissionTierDays : null,
        SlippagePercent = SlippagePercent ?? all.SlippagePercent,
        SlippageTicks = SlippageTicks ?? all.SlippageTicks,
        SlippageVolumeImpact = SlippageVolumeImpact ?? all.SlippageVolumeImpact,
        SpreadPercent = SpreadPercent ?? all.SpreadPercent,
        BorrowPercent = BorrowPercent ?? all.BorrowPercent,
    };
}
