namespace Granary.Modelling.Drift;

/// <summary>A call of <c>granary drift</c>.</summary>
/// <param name="File">A CSV file with a header, rows in time order.</param>
/// <param name="Column">The column to examine.</param>
/// <param name="Detector">A name of <see cref="Granary.Learning.Drift.DriftDetectorCatalogue"/>, or <c>psi</c>.</param>
/// <param name="Parameters">The detector's, by name; those left out take their defaults.</param>
/// <param name="Reference">For psi, the number of rows, from the first on, that the others are compared with.</param>
public sealed record DriftRequest(string File, string Column, string Detector, IReadOnlyDictionary<string, string> Parameters,
    int? Reference);
