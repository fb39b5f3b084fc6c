using Granary.Application.Batches;
using Granary.Engine.Backtesting;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;

namespace Granary.Application.WalkForward;

/// <summary>What was chosen for one window, and what became of it.</summary>
/// <param name="Strategy">By index; −1 where no combination could be chosen, and nothing was traded.</param>
/// <param name="Objective">In-sample.</param>
/// <param name="InSampleReturn">Total, over the window in which it was chosen.</param>
/// <param name="OutOfSampleReturn">Total, over the one in which it traded, less what closing an open position would have cost.</param>
/// <param name="Trades">Its trades out of sample; those that were open at the end too.</param>
public sealed record WindowChoice(WalkForwardWindow Window, int Strategy, double Objective, double InSampleReturn, double OutOfSampleReturn, EquityTrace? Trace, UInt128 Fingerprint, IReadOnlyList<Trade> Trades);

/// <summary>All choices among the same strategies, window after window, and the equity that they make together.</summary>
/// <param name="Name">As SmaCross@ACME:1h.</param>
/// <param name="Members">The combinations, by strategy index.</param>
/// <param name="Stitched">Out-of-sample equity, each window going on with what the one before left.</param>
public sealed record ChoiceGroup(string Name, IReadOnlyList<StrategyInstance> Members, IReadOnlyList<WindowChoice> Choices, EquityTrace Stitched)
{
    /// <summary>Share of the windows after the first whose choice is that of the window before; NaN for a single window.</summary>
    public double Stability => Choices.Count < 2 ? double.NaN : Choices.Skip(1).Where((c, i) => c.Strategy == Choices[i].Strategy).Count() / (double)(Choices.Count - 1);
}

/// <summary>The models of one window, trained inside its in-sample stretch.</summary>
/// <param name="Judges">By strategy: who is asked at its entries in the window's out-of-sample stretch.</param>
/// <param name="Missing">Models that could not be made, and why; their strategies went on without.</param>
public sealed record WindowModels(IReadOnlyDictionary<int, IEntryModel> Judges, IReadOnlyList<(string Model, string Why)> Missing)
{
    public static WindowModels None { get; } = new(new Dictionary<int, IEntryModel>(), []);
}

/// <summary>A walk-forward optimisation that has run.</summary>
/// <param name="Equity">All groups in equal parts, as one trace over the out-of-sample record.</param>
/// <param name="Efficiency">Yearly return out of sample over that in sample, both of the choices, as a mean over windows; NaN where the latter is not above zero.</param>
public sealed record WalkForwardOutcome(WalkForwardSpec Spec, IReadOnlyList<WalkForwardWindow> Windows, IReadOnlyList<ChoiceGroup> Groups, EquityTrace Equity, double Efficiency)
{
    /// <summary>By window.</summary>
    public required IReadOnlyList<WindowModels> Models { get; init; }
}
