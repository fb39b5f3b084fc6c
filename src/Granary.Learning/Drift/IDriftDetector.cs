namespace Granary.Learning.Drift;

/// <summary>
/// Detects changes in a series of numbers, such as the losses of a model's predictions, one value at a time. After a drift the detector
/// restarts with the next value. Each series needs its own instance; instances are not thread-safe.
/// </summary>
internal interface IDriftDetector
{
    /// <summary>Adds the next value.</summary>
    /// <param name="value">A finite value; <see cref="DriftDetectionMethod"/> accepts only 0 and 1.</param>
    DriftSignal Add(double value);
}
