namespace Granary.Reporting.Runs;

/// <summary>States of markets over time, with their transitions, the returns after them, and the agreement between state
/// machines.</summary>
internal sealed record RegimeResults() : ResultSection("regimes")
{
    /// <summary>The number of markets in the batch; only the first have charts.</summary>
    public int Markets { get; init; }

    public IReadOnlyList<RegimeChart> Charts { get; init; } = [];
}

/// <summary>The states of one market at evenly spaced bars.</summary>
/// <param name="Time">[points]: open times, UTC ticks.</param>
/// <param name="Close">[points].</param>
internal sealed record RegimeChart(string Symbol, string Timeframe, long[] Time, double[] Close,
    IReadOnlyList<RegimeMachineStates> Machines, IReadOnlyList<RegimePairAgreement> Agreement);

/// <summary>The states of one state machine on a market.</summary>
/// <param name="Names">The names of its states.</param>
/// <param name="States">[points]: indices of names, −1 for none.</param>
internal sealed record RegimeMachineStates(
    string Name, IReadOnlyList<string> Names, int[] States, IReadOnlyList<RegimeStatistics> Statistics);

/// <summary>Statistics of one state over all bars.</summary>
/// <param name="MeanSpell">Mean duration, in bars.</param>
/// <param name="NextReturn">Mean return of the following bar.</param>
/// <param name="To">The transition probability to each state; NaN if the state never ended.</param>
internal sealed record RegimeStatistics(
    string State, double Share, int Spells, double MeanSpell, double NextReturn, double NextDeviation, double[] To);

/// <summary>Agreement of two state machines, as adjusted Rand index (Hubert and Arabie 1985).</summary>
internal sealed record RegimePairAgreement(string First, string Second, double AdjustedRand);
