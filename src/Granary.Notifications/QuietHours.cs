using System.Globalization;
using Granary.Engine.Market;

namespace Granary.Notifications;

/// <summary>Daily hours in which a channel gets only the events that its operator excepts.</summary>
/// <param name="From">The local time at which they begin.</param>
/// <param name="To">The local time at which they end; before <paramref name="From"/> if midnight is between them.</param>
/// <param name="Except">The events that are sent all the same.</param>
internal sealed record QuietHours(TimeOnly From, TimeOnly To, TimeZoneInfo Zone, IReadOnlyList<NotificationEvent> Except)
{
    /// <summary>Whether a time is within the hours.</summary>
    public bool Contains(DateTimeOffset time) => Around(time).Any(w => w.From <= time && time < w.To);

    /// <summary>Whether the hours hold back an event; a test is always sent.</summary>
    public bool Holds(NotificationEvent kind) => kind != NotificationEvent.Test && !Except.Contains(kind);

    /// <summary>Returns the last end of the hours at or before a time.</summary>
    public DateTimeOffset LastEnd(DateTimeOffset time) => Around(time).Where(w => w.To <= time).Max(w => w.To);

    /// <summary>Returns the hours in words, such as <c>22:00 to 07:00 Europe/Paris</c>.</summary>
    public string Write() => string.Create(CultureInfo.InvariantCulture, $"{From:HH:mm} to {To:HH:mm} {Zone.Id}");

    // The hours that begin on the days around a time.
    private IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Around(DateTimeOffset time)
    {
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, Zone).DateTime);
        for (var i = -2; i <= 1; i++)
        {
            var begin = day.AddDays(i);
            yield return (At(begin.ToDateTime(From), isEnd: false), At((To > From ? begin : begin.AddDays(1)).ToDateTime(To), isEnd: true));
        }
    }

    // A local time that the clock skips is the end of the gap. Of one that it shows twice, hours begin at the first and end at the second.
    private DateTimeOffset At(DateTime local, bool isEnd)
    {
        var times = WallClock.Of(Zone, local.Ticks);
        return new DateTimeOffset(isEnd ? times.Last : times.First, TimeSpan.Zero);
    }
}
