using Granary.Learning.Drift;

namespace Granary.Cluster.Grains.Models;

/// <summary>Finds the growth of a version's squared errors. A change to smaller errors is none that wants training.</summary>
internal sealed class ErrorWatch
{
    private readonly AdaptiveWindow _window = new();
    private double _sum;
    private int _count;

    /// <summary>A watch that has seen these errors.</summary>
    public static ErrorWatch After(IEnumerable<double> errors)
    {
        var watch = new ErrorWatch();
        foreach (var error in errors) watch.Add(error);
        return watch;
    }

    /// <returns>Whether the error shows that errors have grown since the last change.</returns>
    public bool Add(double error)
    {
        _sum += error;
        _count++;
        if (_window.Add(error) != DriftSignal.Drift) return false;
        // The window keeps what came after the change.
        var before = (_sum - _window.Mean * _window.Width) / Math.Max(1, _count - _window.Width);
        var grew = _window.Mean > before;
        (_sum, _count) = (0, 0);
        return grew;
    }
}
