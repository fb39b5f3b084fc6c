using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Learning.Gating;
using Granary.Simulation.Keys;

namespace Granary.Simulation.Batches;

/// <summary>The keys of <c>apply</c>: an entry rule with its settings, or its name alone.</summary>
[ShortForm("rule")]
internal sealed record EntryRuleKeys : IKeyFaults
{
    private const string Gate = "gate", Veto = "veto", Size = "size", Stop = "stop", MinimumReturn = "minimum-return", Limit = "limit";

    [Key("its name", Without = "required", Words = $"{Gate} {Veto} {Size} {Stop} {MinimumReturn} {Limit}")]
    public required string Rule { get; init; }

    [Key("`gate`: probability of a rise that a buy must exceed", Without = "0.6"), Range(0, 1)]
    public double? BuyAbove { get; init; }

    [Key("`gate`: probability of a rise below which a sell is admitted", Without = "0.4"), Range(0, 1)]
    public double? SellBelow { get; init; }

    [Key("`veto`: probability of a profit below which an entry is refused", Without = "0.4"), Range(0, 1)]
    public double? Below { get; init; }

    [Key("`size`: probability of a profit up to which the size is zero", Without = "0.5"), Range(0, 1)]
    public double? From { get; init; }

    [Key("`size`: probability of a profit from which on the size is full", Without = "0.7"), Range(0, 1)]
    public double? Full { get; init; }

    [Key("`stop`: the distance of the stop in predicted volatilities", Without = "2"), Range(0.01, 100)]
    public double? Multiple { get; init; }

    [Key("`stop`: the bars over which the volatility counts", Without = "1"), Range(1, 100_000)]
    public int? Bars { get; init; }

    [Key("`minimum-return`: costs of a round trip in percent", Without = "twice commission and slippage"), Range(0, 100)]
    public double? CostPercent { get; init; }

    [Key("`minimum-return`: least predicted return after costs in percent", Without = "0"), Range(0, 100)]
    public double? MinimumPercent { get; init; }

    [Key("`limit`: most that the predicted worst loss may cost, in percent of the equity", Without = "2"), Range(0.001, 100)]
    public double? LossPercent { get; init; }

    [Key("`limit`: the highest cap in percent of the equity", Without = "none"), Range(0.001, 100_000)]
    public double? MostPercent { get; init; }

    [Key("`limit`: what the cap is for", Words = "portfolio symbol", Without = "`portfolio`")]
    public string? Of { get; init; }

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Fault)> KeyFaults
    {
        get
        {
            var own = OwnKeys(Rule);
            // The name of the rule is not understood, which is an error already.
            if (own.Length == 0) yield break;
            var given = RecordKeys<EntryRuleKeys>.All.Where(k => k.Name != "rule" && k.Of(this) is not null);
            foreach (var key in given.Where(k => !own.Contains(k.Name)))
                yield return (key.Name, $"the rule '{Rule}' has no '{key.Name}'; it has {string.Join(" and ", own)}");
            if (ToRule(0) is SizeRuleByProbability { From: var from, Full: var full } && full <= from)
                yield return ("", $"'full' ({full}) must be greater than 'from' ({from})");
        }
    }

    private static string[] OwnKeys(string rule) => rule switch
    {
        Gate => ["buyAbove", "sellBelow"],
        Veto => ["below"],
        Size => ["from", "full"],
        Stop => ["multiple", "bars"],
        MinimumReturn => ["costPercent", "minimumPercent"],
        Limit => ["lossPercent", "mostPercent", "of"],
        _ => [],
    };

    /// <param name="costPercent">Commission and slippage of one side, in percent.</param>
    public EntryRule ToRule(double costPercent) => Rule switch
    {
        Veto => new VetoRule(Below ?? 0.4),
        Size => new SizeRuleByProbability(From ?? 0.5, Full ?? 0.7),
        Stop => new StopByVolatilityRule(Multiple ?? 2, Bars ?? 1),
        MinimumReturn => new MinimumReturnRule(CostPercent ?? EntryRules.RoundTrip(costPercent), MinimumPercent ?? 0),
        Limit => new LimitRule(LossPercent ?? 2, MostPercent, Of == "symbol"),
        _ => new GateRule(BuyAbove ?? 0.6, SellBelow ?? 0.4),
    };
}
