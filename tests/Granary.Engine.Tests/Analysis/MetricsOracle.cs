using System.Globalization;
using Granary.Engine.Analysis;
using Granary.Testing;

namespace Granary.Engine.Tests.Analysis;

/// <summary>Equity curves whose statistics numpy and pandas computed.</summary>
internal static class MetricsOracle
{
    public static EquityCurve Read(string path)
    {
        var rows = File.ReadLines(path).Skip(1).Select(l => l.Split(',')).ToArray();
        return new EquityCurve(
            [.. rows.Select(r => DateTime.ParseExact(r[0], "yyyy-MM-dd", CultureInfo.InvariantCulture).Ticks)],
            [.. rows.Select(r => double.Parse(r[1], CultureInfo.InvariantCulture))]);
    }

    public static EquityCurve Synthetic(string name) =>
        Read(Path.Combine(SharedData.RepositoryRoot, "tests", "Shared", "oracles", "metrics", name));

    public static EquityCurve Curve(params double[] values)
    {
        var start = new DateTime(2020, 1, 6).Ticks; // a Monday
        return new EquityCurve([.. values.Select((_, i) => start + i * TimeSpan.TicksPerDay)], values);
    }

    public static string Date(long ticks) => new DateTime(ticks).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static void ShouldAgree(this double actual, double expected, string name) =>
        Math.Abs(actual - expected)
            .ShouldBeLessThanOrEqualTo(1e-9 * Math.Max(1e-3, Math.Abs(expected)), $"{name}: {actual:R} against {expected:R}");
}
