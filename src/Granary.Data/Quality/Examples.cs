using System.Globalization;
using Granary.Engine.Market;

namespace Granary.Data.Quality;

/// <summary>Selects the examples that a report shows for one kind of finding.</summary>
internal static class Examples
{
    /// <summary>The maximum number of examples for one kind.</summary>
    public const int Most = 5;

    /// <summary>Adds an item, and removes the one with the lowest weight if there are too many. Keeps the order of insertion.</summary>
    public static void Keep<T>(List<T> list, T item, Func<T, double> weight)
    {
        list.Add(item);
        if (list.Count > Most) list.Remove(list.MinBy(weight)!);
    }

    /// <summary>Formats a bar's open time for reports, UTC.</summary>
    public static string Time(long time, Timeframe timeframe) =>
        new DateTime(time).ToString(timeframe.IsIntraday ? "yyyy-MM-dd HH:mm" : "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
