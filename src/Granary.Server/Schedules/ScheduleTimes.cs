using Granary.Engine;
using Granary.Trading.Parity;

namespace Granary.Server.Schedules;

/// <summary>Computes the due times of schedules.</summary>
/// <param name="accounts">The trading days of the server's accounts; null if it trades none.</param>
internal sealed class ScheduleTimes(AccountDays? accounts = null)
{
    /// <returns>Null while they are not known: the schedule follows an account that has no session yet.</returns>
    public async ValueTask<DueTimes?> OfAsync(JobSchedule schedule, CancellationToken cancellationToken)
    {
        if (schedule.Cron is { } cron) return CronTimes.Of(cron, schedule.TimeZone);
        return accounts is not null && await accounts.OfAsync(schedule.Account, cancellationToken).ConfigureAwait(false) is { } days
            ? new SessionDayTimes(days, schedule.Delay ?? TimeSpan.Zero) : null;
    }

    /// <exception cref="InputException">The schedule follows an account, and the server trades none.</exception>
    public void Check(JobSchedule schedule)
    {
        if (schedule.After is not null && accounts is null)
            throw new InputException("after: this server trades no accounts, so none has trading days; give a cron expression");
    }
}
