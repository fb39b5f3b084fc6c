namespace Granary.Reporting.Runs;

/// <summary>States of markets over time, how they follow one another, what came after them, and how far the machines agree.</summary>
public sealed record RegimeResults() : ResultSection("regimes")
{
    /// <summary>How many the batch has; the first of them have charts.</summary>
    public int Markets { get; init; }

    public IReadOnlyList<RegimeChart> Charts { get; init; } = [];
}

/// <summary>The states of one market at evenly spaced bars.</summary>
/// <param name="Time">[points]: open times, UTC ticks.</param>
/// <param name="Close">[points].</param>
public sealed record RegimeChart(string Symbol, string Timeframe, long[] Time, double[] Close, IReadOnlyList<RegimeMachineStates> Machines,
    IReadOnlyList<RegimePairAgreement> Agreement);

/// <summary>One machine over a market.</summary>
/// <param name="Names">Of its states.</param>
/// <param name="States">[points]: indices of names, −1 for none.</param>
public sealed record RegimeMachineStates(
    string Name, IReadOnlyList<string> Names, int[] States, IReadOnlyList<RegimeStatistics> Statistics);

/// <summary>One state over all bars.</summary>
/// <param name="MeanSpell">Bars.</param>
/// <param name="NextReturn">Mean return of the bar after.</param>
/// <param name="To">By state: the probability that it comes next; NaN where the state never ended.</param>
public sealed record RegimeStatistics(
    string State, double Share, int Spells, double MeanSpell, double NextReturn, double NextDeviation, double[] To);

/// <summary>How far two machines draw the same lines (Hubert and Arabie 1985).</summary>
public sealed record RegimePairAgreement(string First, string Second, double AdjustedRand);
