using Granary.Engine;
using Granary.Learning.Drift;
using Granary.Simulation.Tables;

namespace Granary.Modelling.Drift;

/// <summary>Implements <c>granary drift</c>: detects changes in one column of a file.</summary>
internal static class SeriesDrift
{
    /// <summary>Name of the detector that compares all later rows with a reference.</summary>
    public const string Stability = "psi";

    /// <summary>Passes the column to a detector, row by row.</summary>
    /// <exception cref="InputException">The file cannot be read. The message gives file, line, column and remedy.</exception>
    /// <exception cref="InputException">The detector or a parameter is unknown, or the detector cannot use a value.</exception>
    public static DriftFindings Detect(DriftRequest request, DriftDetectorCatalogue detectors)
    {
        if (!detectors.Contains(request.Detector))
            throw new InputException($"--detector: {detectors.Unknown(request.Detector)}"
                + (request.Detector.StartsWith('p') ? $" ({Stability} compares all rows with a reference)" : ""));
        if (request.Reference is not null)
            throw new InputException($"--reference is for {Stability}; {request.Detector} examines all rows, so leave it out");
        var detector = detectors.Create(request.Detector, request.Parameters);
        var values = NumberColumn.Read(request.File, request.Column);
        var (drifts, warnings) = (new List<int>(), new List<int>());
        for (var row = 0; row < values.Length; row++)
        {
            DriftSignal signal;
            try
            {
                signal = detector.Add(values[row]);
            }
            catch (InputException e)
            {
                throw new InputException($"{request.File}, row {row} (from 0) below the header, {request.Column}: {e.Message}", e);
            }
            if (signal == DriftSignal.Drift) drifts.Add(row);
            else if (signal == DriftSignal.Warning) warnings.Add(row);
        }
        return new DriftFindings(request.Detector, drifts, warnings, values.Length);
    }

    /// <summary>Compares the rows after the reference with the reference.</summary>
    /// <exception cref="InputException">The file cannot be read, the reference is missing, or no rows follow it.</exception>
    /// <exception cref="InputException">A parameter is unknown, or the values cannot be divided into bins.</exception>
    public static StabilityFindings Compare(DriftRequest request)
    {
        var options = StabilityOptions.From(request.Parameters);
        if (request.Reference is not { } count)
            throw new InputException(
                $"{Stability} needs --reference: the number of rows, from the first on, that the others are compared with");
        var values = NumberColumn.Read(request.File, request.Column);
        if (count < 1 || count >= values.Length)
            throw new InputException($"--reference {count}: {request.File} has {values.Length} rows; use 1 to {values.Length - 1}");
        var index = PopulationStability.Of(values.AsSpan(0, count), values.AsSpan(count), options.Bins);
        var threshold = options.Threshold ?? index.ThresholdFor(options.AlphaOfOne);
        return new StabilityFindings(Stability, index.Value, threshold, options.OfAll(index.ChanceAbove(threshold)),
            index.Value > threshold, index.Reference, index.Sample, index.Bins);
    }
}
