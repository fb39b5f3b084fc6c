namespace Granary.Modelling.Drift;

/// <summary>What a detector found in a series.</summary>
/// <param name="Drifts">Rows, counted from 0, at which it reports a drift.</param>
/// <param name="Warnings">Rows, counted from 0, at which it warns.</param>
/// <param name="Rows">Number of rows examined.</param>
public sealed record DriftFindings(string Detector, IReadOnlyList<int> Drifts, IReadOnlyList<int> Warnings, int Rows);
