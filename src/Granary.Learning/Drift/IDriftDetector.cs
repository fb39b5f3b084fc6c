namespace Granary.Learning.Drift;

/// <summary>
/// Finds changes in a series of numbers, such as the losses of a model's predictions, one value at a time. After a drift the detector
/// starts again with the next value. An instance belongs to one series and one thread.
/// </summary>
public interface IDriftDetector
{
    /// <summary>Adds the next value.</summary>
    /// <param name="value">Finite; <see cref="DriftDetectionMethod"/> takes 0 and 1 alone.</param>
    DriftSignal Add(double value);
}
