using System.Globalization;
using Granary.Engine.Market;

namespace Granary.Data.Quality;

/// <summary>The examples that a report shows of one kind of finding.</summary>
internal static class Examples
{
    /// <summary>Examples that are kept of one kind.</summary>
    public const int Most = 5;

    /// <summary>Adds an item, and removes the least where there are too many; in the order in which they were added.</summary>
    public static void Keep<T>(List<T> list, T item, Func<T, double> weight)
    {
        list.Add(item);
        if (list.Count > Most) list.Remove(list.MinBy(weight)!);
    }

    /// <summary>Open time of a bar as reports show it, UTC.</summary>
    public static string Time(long time, Timeframe timeframe) =>
        new DateTime(time).ToString(timeframe.IsIntraday ? "yyyy-MM-dd HH:mm" : "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
