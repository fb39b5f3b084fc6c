namespace Granary.Modelling.Drift;

/// <summary>Arguments of <c>granary drift</c>.</summary>
/// <param name="File">A CSV file with a header, rows in time order.</param>
/// <param name="Column">The column to examine.</param>
/// <param name="Detector">A name of <see cref="Granary.Learning.Drift.DriftDetectorCatalogue"/>, or <c>psi</c>.</param>
/// <param name="Parameters">Parameters of the detector by name; missing ones use their defaults.</param>
/// <param name="Reference">For psi: number of rows, from the first, that form the reference.</param>
internal sealed record DriftRequest(string File, string Column, string Detector, IReadOnlyDictionary<string, string> Parameters,
    int? Reference);
