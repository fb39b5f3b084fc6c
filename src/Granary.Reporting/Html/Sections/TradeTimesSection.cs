using System.Globalization;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>Trades by entry hour and weekday, UTC.</summary>
internal sealed class TradeTimesSection : IReportSection<RunView>
{
    private static readonly string[] _days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    public string Id => "times";

    public string Title => "Hours and weekdays";

    public bool Applies(RunView view) => view.Trades.Measures.Trades > 0;

    public void Write(HtmlWriter html, RunView view)
    {
        var t = view.Trades;
        TradeGroupTable.Write(html, "Closed trades by the weekday of their entry, UTC", "Weekday",
            Present(t.ByWeekday).Select(d => (_days[d.At], d.Group)));
        if (t.HasHours)
            TradeGroupTable.Write(html, "Closed trades on intraday bars by the hour of their entry bar, UTC", "Hour",
                Present(t.ByHour).Select(h => (h.At.ToString("00", CultureInfo.InvariantCulture) + ":00", h.Group)));
    }

    private static IEnumerable<(int At, TradeGroup Group)> Present(TradeGroup?[] groups)
    {
        for (var i = 0; i < groups.Length; i++)
            if (groups[i] is { } group)
                yield return (i, group);
    }
}
