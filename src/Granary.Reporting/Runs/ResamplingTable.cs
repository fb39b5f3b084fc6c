using System.Globalization;
using Granary.Reporting.Tables;

namespace Granary.Reporting.Runs;

/// <summary>
/// The table resampling: the fans, quantiles, probabilities and sizes of <see cref="ResamplingResults"/>, one figure in a row.
/// </summary>
internal static class ResamplingTable
{
    public const string Name = "resampling";

    /// <summary>The columns of every such table; after them, there is one for each quantile.</summary>
    public static readonly TableDefinition<ResampledRow> Fixed = new TableDefinition<ResampledRow>()
        .Word("method", r => r.Method).Word("figure", r => r.Figure).Text("at", r => r.At).Number("value", r => r.Value);

    public static Table Of(ResamplingResults results)
    {
        var definition = Fixed;
        for (var q = 0; q < results.Quantiles.Count; q++)
        {
            var index = q;
            definition = definition.Number(string.Create(CultureInfo.InvariantCulture, $"p{100 * results.Quantiles[q]:00}"),
                r => r.Quantile(index));
        }
        return definition.Of(results.Methods.SelectMany(Rows));
    }

    private static IEnumerable<ResampledRow> Rows(ResampledMethod m)
    {
        if (m.Fan is { } fan)
            for (var i = 0; i < fan.Times.Count; i++)
            {
                var row = i;
                yield return new ResampledRow(m.Method, "equity", RunText.Time(fan.Times[i].Ticks), fan.Equity[i],
                    q => fan.Quantiles[q][row]);
            }
        foreach (var f in m.Figures) yield return new ResampledRow(m.Method, f.Figure, null, f.Own, q => f.Quantiles[q]);
        foreach (var e in m.Events)
            yield return new ResampledRow(m.Method, e.Event,
                e.Months is { } months ? string.Create(CultureInfo.InvariantCulture, $"{months}mo") : null, e.Probability,
                _ => double.NaN);
        foreach (var s in m.Sizes) yield return new ResampledRow(m.Method, "size", RunText.Number(s.Risk), s.Size, _ => double.NaN);
    }
}

/// <summary>A row of the table resampling.</summary>
/// <param name="At">A time, a number of months or a risk; null for figures of the whole record.</param>
/// <param name="Quantile">Returns a quantile by its index; NaN if the figure has none.</param>
internal sealed record ResampledRow(string Method, string Figure, string? At, double Value, Func<int, double> Quantile);
