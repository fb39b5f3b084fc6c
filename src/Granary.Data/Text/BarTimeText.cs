using System.Globalization;
using Granary.Engine.Market;

namespace Granary.Data.Text;

/// <summary>Formats market times for messages, UTC.</summary>
internal static class BarTimeText
{
    public static string Of(long time) =>
        new DateTime(Math.Clamp(time, 0, DateTime.MaxValue.Ticks)).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>The range of a query, to follow "no bars"; empty if it is unlimited.</summary>
    public static string RangeOf(BarQuery query) => (query.From, query.To) switch
    {
        ({ } from, { } to) => $" between {Of(from)} and {Of(to)}",
        ({ } from, null) => $" from {Of(from)} on",
        (null, { } to) => $" before {Of(to)}",
        _ => "",
    };
}
