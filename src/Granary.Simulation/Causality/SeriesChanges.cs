using System.Globalization;
using Granary.Engine.Market;

namespace Granary.Simulation.Causality;

/// <summary>
/// A series that shows another one's bars otherwise than its source has them, and says so in words that it can be repeated by.
/// </summary>
internal interface IChangedSeries : IBarSeries
{
    /// <summary>What is changed.</summary>
    IBarSeries Inner { get; }

    /// <summary>How, as <c>verb=number:number</c>.</summary>
    string Change { get; }
}

/// <summary>What was done to a series, as text: another process that has the same bars makes the same of them.</summary>
public static class SeriesChanges
{
    /// <returns>Empty where the series is as its source has it.</returns>
    public static string Of(IBarSeries series) =>
        series is not IChangedSeries changed ? ""
            : Of(changed.Inner) is { Length: > 0 } before ? $"{before};{changed.Change}" : changed.Change;

    /// <summary>Makes the changes that a text names.</summary>
    /// <param name="changes">As <see cref="Of"/> wrote it.</param>
    public static IBarSeries Apply(IBarSeries series, string changes)
    {
        foreach (var change in changes.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var (verb, numbers) = (change[..change.IndexOf('=', StringComparison.Ordinal)],
                change[(change.IndexOf('=', StringComparison.Ordinal) + 1)..].Split(':'));
            long Number(int i) => long.Parse(numbers[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            series = verb switch
            {
                HeadSeries.Verb => new HeadSeries(series, Number(0)),
                SeriesUntil.Verb => new SeriesUntil(series, Number(0), Number(1)),
                PerturbedSeries.Verb => new PerturbedSeries(
                    series, Number(0), ulong.Parse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture), (PerturbedShape)Number(2)),
                _ => throw new FormatException($"'{change}' is no change of a series that this version knows"),
            };
        }
        return series;
    }
}
