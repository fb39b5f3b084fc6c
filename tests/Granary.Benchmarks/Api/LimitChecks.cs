using System.Globalization;

namespace Granary.Benchmarks.Api;

/// <summary>Prints figures with their limits, and counts those that were missed.</summary>
internal sealed class LimitChecks
{
    public int Missed { get; private set; }

    public void Check(string what, bool holds, string figure)
    {
        if (!holds) Missed++;
        Console.WriteLine($"{(holds ? "ok    " : "MISSED")} {what}: {figure}");
    }

    public void CheckMemory(string when, double before, double after) => Check($"memory {when} within 100 MB", after - before < 100,
        string.Create(CultureInfo.InvariantCulture, $"{before:0} MB before, {after:0} MB after"));

    /// <summary>The middle, the 99th percentile and the largest, in milliseconds.</summary>
    public static string Text(List<double> milliseconds) => string.Create(CultureInfo.InvariantCulture,
        $"p50 {Quantile(milliseconds, 0.5):0.0} ms, p99 {Quantile(milliseconds, 0.99):0.0} ms, ")
        + string.Create(CultureInfo.InvariantCulture, $"at most {Quantile(milliseconds, 1):0.0} ms of {milliseconds.Count:N0} reads");

    public static double Quantile(List<double> values, double q)
    {
        values.Sort();
        return values.Count == 0 ? double.NaN : values[Math.Min(values.Count - 1, (int)(q * values.Count))];
    }
}
