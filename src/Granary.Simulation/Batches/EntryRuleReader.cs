using Granary.Learning.Gating;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>Reads <c>apply</c>: the name of an entry rule, or an object with its settings.</summary>
public static class EntryRuleReader
{
    /// <summary>Returns the default rule for models of a label.</summary>
    /// <param name="costPercent">Commission and slippage of one side, in percent.</param>
    public static EntryRule Default(LabelKind label, double costPercent) => label switch
    {
        LabelKind.Return => new MinimumReturnRule(RoundTrip(costPercent)),
        LabelKind.Volatility => new StopByVolatilityRule(),
        LabelKind.Drawdown => new LimitRule(),
        LabelKind.Direction or LabelKind.TripleBarrier or LabelKind.Trade => new GateRule(),
    };

    // A round trip pays commission and slippage twice.
    private static double RoundTrip(double costPercent) => 2 * costPercent;

    /// <param name="costPercent">Commission and slippage of one side, in percent.</param>
    public static EntryRule Read(JsonPart part, double costPercent)
    {
        var simple = part.Kind == System.Text.Json.JsonValueKind.String;
        if (!simple)
            part.Only("rule", "buyAbove", "sellBelow", "below", "from", "full", "multiple", "bars", "costPercent", "minimumPercent",
                "lossPercent", "mostPercent", "of");
        var name = simple ? part : part.Need("rule");
        string[] own = name.Choice<string[]>(("gate", ["buyAbove", "sellBelow"]), ("veto", ["below"]), ("size", ["from", "full"]),
            ("stop", ["multiple", "bars"]), ("minimum-return", ["costPercent", "minimumPercent"]),
            ("limit", ["lossPercent", "mostPercent", "of"]));
        if (name.IsFaulty) return new GateRule();
        foreach (var (key, value) in part.Members)
            if (key != "rule" && !own.Contains(key) && !value.IsFaulty)
                value.Wrong($"the rule '{name.String()}' has no '{key}'; it has {string.Join(" and ", own)}", 0);
        double Value(string key, double fallback, double least, double most) => part.Find(key)?.Number(least, most) ?? fallback;
        switch (name.String())
        {
            case "gate":
                return new GateRule(Value("buyAbove", 0.6, 0, 1), Value("sellBelow", 0.4, 0, 1));
            case "veto":
                return new VetoRule(Value("below", 0.4, 0, 1));
            case "size":
                var (from, full) = (Value("from", 0.5, 0, 1), Value("full", 0.7, 0, 1));
                return full > from ? new SizeRuleByProbability(from, full)
                    : part.Wrong<EntryRule>($"'full' ({full}) must be greater than 'from' ({from})", new GateRule());
            case "stop":
                return new StopByVolatilityRule(Value("multiple", 2, 0.01, 100), part.Find("bars")?.Whole(1, 100_000) ?? 1);
            case "limit":
                return new LimitRule(Value("lossPercent", 2, 0.001, 100), part.Find("mostPercent")?.Number(0.001, 100_000),
                    part.Find("of")?.Choice(("portfolio", false), ("symbol", true)) ?? false);
            default:
                return new MinimumReturnRule(Value("costPercent", RoundTrip(costPercent), 0, 100), Value("minimumPercent", 0, 0, 100));
        }
    }
}
