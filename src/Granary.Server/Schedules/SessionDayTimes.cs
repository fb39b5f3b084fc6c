using Granary.Trading.Parity;

namespace Granary.Server.Schedules;

/// <summary>A delay after the end of each trading day of an account.</summary>
internal sealed class SessionDayTimes(MarketDays days, TimeSpan delay) : DueTimes
{
    public override DateTimeOffset? After(DateTimeOffset time) => days.EndAfter(time - delay) + delay;
}
