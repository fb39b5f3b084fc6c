using Granary.Engine.Analysis;

namespace Granary.Reporting.Html.Analysis;

/// <summary>Draws a benchmark beside a curve.</summary>
internal static class RebasedCurve
{
    /// <summary>Scales a curve to the value of <paramref name="anchor"/> at the first time that both cover.</summary>
    public static EquityCurve Of(EquityCurve curve, EquityCurve anchor)
    {
        var from = Math.Max(curve.Times[0], anchor.Times[0]);
        var start = curve.Times.BinarySearch(from);
        if (start < 0) start = Math.Max(0, ~start - 1);
        var at = anchor.Times.BinarySearch(from);
        if (at < 0) at = Math.Max(0, ~at - 1);
        var first = curve.Values[start];
        if (!(first > 0)) return new EquityCurve([], []);
        var times = new List<long>();
        var values = new List<double>();
        for (var i = start; i < curve.Count && curve.Times[i] <= anchor.Times[^1]; i++)
        {
            if (curve.Times[i] < from) continue;
            times.Add(curve.Times[i]);
            values.Add(curve.Values[i] / first * anchor.Values[at]);
        }
        return new EquityCurve([.. times], [.. values]);
    }
}
