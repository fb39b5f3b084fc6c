using Granary.Engine;
using Granary.Engine.Factors;
using Granary.Engine.Factors.Kernels;

namespace Granary.Learning.Regimes;

/// <summary>A finite state machine, declared as data.</summary>
/// <param name="Name">The name in rules, such as "short".</param>
/// <param name="States">Names of the states, lowest first, such as bearish, neutral, bullish.</param>
internal abstract record RegimeMachine(string Name, IReadOnlyList<string> States)
{
    internal virtual void Check(FactorCatalogue factors)
    {
        if (Name.Length == 0) throw new InputException("a regime machine needs a name");
        if (States.Count < 2) throw new InputException($"machine '{Name}' has {States.Count} states: at least two are needed");
        if (States.Distinct(StringComparer.Ordinal).Count() != States.Count)
            throw new InputException($"machine '{Name}' names a state twice");
    }
}

/// <summary>A state machine on a measure: a factor, or its distance from another factor in percent.</summary>
/// <param name="Measure">A factor such as "sma(10)" or "natr(14)@1h".</param>
/// <param name="Against">If set, the measure is 100 · (measure / against − 1); null uses the factor itself.</param>
/// <param name="Rungs">The thresholds between neighbouring states.</param>
/// <param name="Dwell">The minimum number of bars in a state.</param>
internal sealed record LadderMachine(string Name, IReadOnlyList<string> States, string Measure, string? Against,
    IReadOnlyList<LadderRung> Rungs, int Dwell)
    : RegimeMachine(Name, States)
{
    /// <summary>Creates a machine with the states bearish, neutral and bullish from two averages of the close.</summary>
    /// <param name="enter">Distance in percent at which a trend is entered.</param>
    /// <param name="leave">Distance in percent at which a trend changes to neutral; at most <paramref name="enter"/>.</param>
    public static LadderMachine Trend(string name, int fast, int slow, double enter, double leave, int dwell) =>
        new(name, ["bearish", "neutral", "bullish"], $"sma({fast})", $"sma({slow})",
            [new LadderRung(-leave, -enter), new LadderRung(enter, leave)], dwell);

    internal override void Check(FactorCatalogue factors)
    {
        base.Check(factors);
        if (Rungs.Count != States.Count - 1)
            throw new InputException($"machine '{Name}' has {States.Count} states, so it "
                + $"needs {States.Count - 1} steps between them, not {Rungs.Count}");
        try
        {
            _ = new StateLadder([.. Rungs], Dwell);
            factors.Parse(Measure);
            if (Against is not null) factors.Parse(Against);
        }
        catch (Exception e) when (e is ArgumentException or InputException)
        {
            throw new InputException($"machine '{Name}': {e.Message}", e);
        }
    }
}

/// <summary>States of a hidden Markov model of the log returns, fitted only on the past, ordered by mean return.</summary>
/// <param name="Window">The number of returns in a fit; there is no state before that many.</param>
/// <param name="Refit">Bars between fits.</param>
internal sealed record HiddenMarkovMachine(string Name, IReadOnlyList<string> States, int Window, int Refit) : RegimeMachine(Name, States)
{
    internal override void Check(FactorCatalogue factors)
    {
        base.Check(factors);
        if (Window < 20 * States.Count)
            throw new InputException($"machine '{Name}' fits {States.Count} states "
                + $"on {Window} returns: at least {20 * States.Count} are needed");
        if (Refit < 1) throw new InputException($"machine '{Name}' is fitted every {Refit} bars: at least 1 is needed");
    }
}

/// <summary>Maps the states of machines to a combined state; all named machines must match.</summary>
/// <param name="When">The required state by machine.</param>
internal sealed record RegimeRule(IReadOnlyDictionary<string, string> When, string State);
