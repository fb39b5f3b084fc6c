namespace Granary.Modelling.Drift;

/// <summary>The population stability index of the rows after a reference.</summary>
/// <param name="Value">The index.</param>
/// <param name="Threshold">A value above it is a drift.</param>
/// <param name="FalseAlarmRate">
/// Probability that an unchanged distribution exceeds the threshold at least once over all checks of all features.
/// </param>
/// <param name="Drift">Whether the value exceeds the threshold.</param>
/// <param name="Reference">Number of reference rows.</param>
/// <param name="Rows">Number of rows compared with them.</param>
/// <param name="Bins">Number of bins.</param>
internal sealed record StabilityFindings(string Detector, double Value, double Threshold, double FalseAlarmRate, bool Drift, int Reference,
    int Rows, int Bins);
