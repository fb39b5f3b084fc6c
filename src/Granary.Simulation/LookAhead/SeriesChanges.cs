using System.Globalization;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Simulation.LookAhead;

/// <summary>
/// A series that changes the bars of another one. A text describes the change, so another process can repeat it.
/// </summary>
internal abstract class ChangedSeries(IBarSeries series) : SeriesWrapper(series, disposes: false)
{
    /// <summary>Description of the change, as <c>verb=number:number</c>.</summary>
    public abstract string Change { get; }
}

/// <summary>Converts changes of a series to text and back, so a process with the same bars can repeat them.</summary>
internal static class SeriesChanges
{
    /// <returns>Empty if the series is unchanged.</returns>
    public static string Of(IBarSeries series) =>
        series is not ChangedSeries changed ? ""
            : Of(changed.Inner) is { Length: > 0 } before ? $"{before};{changed.Change}" : changed.Change;

    /// <summary>Applies the changes that a text describes.</summary>
    /// <param name="changes">Text from <see cref="Of"/>.</param>
    public static IBarSeries Apply(IBarSeries series, string changes)
    {
        foreach (var change in changes.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var (verb, numbers) = (change[..change.IndexOf('=', StringComparison.Ordinal)],
                change[(change.IndexOf('=', StringComparison.Ordinal) + 1)..].Split(':'));
            long Number(int i) => long.Parse(numbers[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            series = verb switch
            {
                SeriesHead.Verb => new SeriesHead(series, Number(0)),
                SeriesBefore.Verb => new SeriesBefore(series, Number(0)),
                SeriesUntil.Verb => new SeriesUntil(series, Number(0), Number(1)),
                SeriesPerturbed.Verb => new SeriesPerturbed(
                    series, Number(0), ulong.Parse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture), (PerturbedShape)Number(2)),
                _ => throw new FormatException($"'{change}' is not a change of a series that this version knows"),
            };
        }
        return series;
    }
}
