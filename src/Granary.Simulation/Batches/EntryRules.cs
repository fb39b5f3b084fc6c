using Granary.Learning.Gating;

namespace Granary.Simulation.Batches;

/// <summary>The entry rules of sections without <c>apply</c>.</summary>
internal static class EntryRules
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
    internal static double RoundTrip(double costPercent) => 2 * costPercent;
}
