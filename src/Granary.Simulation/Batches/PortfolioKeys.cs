using System.Text.Json.Serialization;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>The keys of a batch file's <c>portfolio</c>, beside <c>weights</c>, <c>limits</c> and <c>size</c>.</summary>
internal sealed record PortfolioKeys
{
    [Key("[weights over time](validation.md#weights-over-time)", Without = "where the rule needs it")]
    public RebalanceSpec? Rebalance { get; init; }

    [Key("how `ppo` and `adaptive` learn: [reinforcement.md](reinforcement.md)", Without = "see that page")]
    public AllocatorSpec? Allocator { get; init; }

    [Key("time before which given weights were chosen; later bars are out of sample if the "
        + "[trial ledger](validation.md#the-trial-ledger) shows that they stood", Without = "unknown")]
    [JsonConverter(typeof(UtcTicks))]
    public long? ChosenBefore { get; init; }

    [Key("first bar that the portfolio trades; before it, strategies trade only in their own accounts, as on the earlier bars of a "
        + "[live session](live.md#bars). Not in a walk-forward", Without = "the data's first")]
    [JsonConverter(typeof(UtcTicks))]
    public long? From { get; init; }

    [Key("`resize` or `reject` an entry that the cash does not pay: [sharing](#how-members-share-the-cash)")]
    public InsufficientCash OnInsufficientCash { get; init; }

    [Key("admits strategies and symbols each UTC day [by their last closed trades](#enabled-strategies)", Without = "all")]
    public EnablementRule? Enable { get; init; }

    [Key("the [broker](exchanges.md) that the portfolio is planned for. A batch that it cannot trade (short sales on a spot market, too "
        + "much leverage) is refused before it runs", Without = "any")]
    public string? Broker { get; init; }
}

/// <summary>The keys of a batch file's <c>portfolio.size</c>: one rule, and its settings.</summary>
internal sealed record PortfolioSizeKeys
{
    [Key("base units"), Range(1e-12, 1e15)]
    public double? Units { get; init; }

    [Key("account currency"), Range(1e-9, 1e15)]
    public double? Cash { get; init; }

    [Key("of the portfolio's equity"), Range(1e-9, 10_000)]
    public double? PercentOfEquity { get; init; }

    [Key("of the portfolio's equity, lost at the stop distance; it needs a stop"), Range(1e-9, 100)]
    public double? RiskPercent { get; init; }

    [Key("by which the position alone moves the equity in a year, one standard deviation"), Range(1e-9, 1000)]
    public double? VolatilityPercent { get; init; }

    [Key("fraction of Kelly's formula over the last closed trades of the strategy"), Range(0.001, 2)]
    public double? Kelly { get; init; }

    [Key("greatest position, in percent of the equity; of `volatilityPercent` and `kelly`", Without = "100, of `kelly` 20"),
        Range(0.001, 10_000)]
    public double? CapPercent { get; init; }

    [Key("closed trades that `kelly` counts", Without = "100"), Range(2, 100_000)]
    public int? Trades { get; init; }

    [Key("closed trades below which `kelly` gives nothing", Without = "20"), Range(1, 100_000)]
    public int? MinTrades { get; init; }
}
