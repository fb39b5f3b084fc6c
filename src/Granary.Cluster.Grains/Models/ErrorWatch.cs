using Granary.Learning.Drift;

namespace Granary.Cluster.Grains.Models;

/// <summary>Detects growth of a version's squared errors. A change to smaller errors needs no training, so it does not count.</summary>
internal sealed class ErrorWatch
{
    private readonly AdaptiveWindow _window = new();
    private double _sum;
    private int _count;

    /// <summary>Returns a watch to which these errors were added.</summary>
    public static ErrorWatch After(IEnumerable<double> errors)
    {
        var watch = new ErrorWatch();
        foreach (var error in errors) watch.Add(error);
        return watch;
    }

    /// <returns>true if, with this error, growth since the last change is detected.</returns>
    public bool Add(double error)
    {
        _sum += error;
        _count++;
        if (_window.Add(error) != DriftSignal.Drift) return false;
        // After a change, the window holds only the errors since then.
        var before = (_sum - _window.Mean * _window.Width) / Math.Max(1, _count - _window.Width);
        var grew = _window.Mean > before;
        (_sum, _count) = (0, 0);
        return grew;
    }
}
