namespace Granary.Modelling.Drift;

/// <summary>Drifts and warnings that a detector reported in a series.</summary>
/// <param name="Drifts">Row indices, from 0, at which the detector reports a drift.</param>
/// <param name="Warnings">Row indices, from 0, at which the detector reports a warning.</param>
/// <param name="Rows">Number of rows examined.</param>
internal sealed record DriftFindings(string Detector, IReadOnlyList<int> Drifts, IReadOnlyList<int> Warnings, int Rows);
