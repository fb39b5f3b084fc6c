using System.Globalization;

namespace Granary.Reporting.Html.Charts;

/// <summary>Maps UTC ticks to the horizontal axis of a plot, and finds round times to label.</summary>
internal readonly record struct TimeAxis(long From, long To)
{
    private static readonly TimeSpan[] _spans =
    [
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1),
        TimeSpan.FromHours(3),
        TimeSpan.FromHours(6), TimeSpan.FromHours(12), TimeSpan.FromDays(1), TimeSpan.FromDays(2), TimeSpan.FromDays(7),
        TimeSpan.FromDays(14),
    ];

    /// <summary>The maximum number of labels on a plot.</summary>
    public const int LabelsOfPlots = 11;

    private static readonly int[] _months = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600];

    /// <summary>Title of an axis with labels of <see cref="Ticks"/>. Names the year if no label does.</summary>
    public string Title
    {
        get
        {
            var (first, last) = (new DateTime(From).Year, new DateTime(To).Year);
            if (Ticks(LabelsOfPlots).Any(t => t.Label.Length == 4 && t.Label.All(char.IsAsciiDigit))) return "Time, UTC";
            return first == last ? $"Time in {first:0000}, UTC" : $"Time, {first:0000} to {last:0000}, UTC";
        }
    }

    /// <summary>The horizontal coordinate, from 0 to <paramref name="width"/>.</summary>
    public double X(long time, double width) => To > From ? width * (time - From) / (To - From) : width / 2;

    /// <summary>At most <paramref name="most"/> round times with their labels, oldest first.</summary>
    public IReadOnlyList<(long Time, string Label)> Ticks(int most = 9)
    {
        var ticks = new List<(long, string)>();
        if (To <= From) return [(From, NumberText.Time(From))];
        foreach (var span in _spans)
        {
            if ((To - From) / span.Ticks > most) continue;
            // Tick zero is a Monday, so that weeks need no offset.
            for (var t = (From + span.Ticks - 1) / span.Ticks * span.Ticks; t <= To; t += span.Ticks)
                ticks.Add((t, new DateTime(t).ToString(span < TimeSpan.FromDays(1) && t % TimeSpan.TicksPerDay != 0 ? "HH:mm" : "d MMM",
                    CultureInfo.InvariantCulture)));
            return ticks;
        }
        var first = new DateTime(From);
        var last = new DateTime(To);
        var length = (last.Year - first.Year) * 12 + last.Month - first.Month;
        foreach (var months in _months)
        {
            if (length / months > most) continue;
            for (var month = (first.Year * 12 + first.Month - 1 + months - 1) / months * months; ; month += months)
            {
                if (month / 12 > 9998) break;
                var time = new DateTime(month / 12, month % 12 + 1, 1);
                if (time.Ticks > To) break;
                if (time.Ticks >= From)
                    ticks.Add((time.Ticks, time.ToString(months >= 12 || time.Month == 1 ? "yyyy" : "MMM", CultureInfo.InvariantCulture)));
            }
            break;
        }
        return ticks;
    }
}
