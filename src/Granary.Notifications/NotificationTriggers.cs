using System.Globalization;
using Granary.Contracts.Deployments;
using Granary.Contracts.Jobs;
using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Trading.Live;

namespace Granary.Notifications;

/// <summary>Evaluates the rules on sessions and jobs. Each event is reported once per run, and again for each further multiple of its
/// threshold; a price is reported whenever a bar reaches it.</summary>
internal sealed class NotificationTriggers(IReadOnlyList<NotificationRule> rules)
{
    /// <summary>The rules in force.</summary>
    public IReadOnlyList<NotificationRule> Rules { get; set; } = rules;

    private readonly PriceCrossings _crossings = new();
    private readonly Dictionary<string, double> _peaks = new(StringComparer.Ordinal);

    /// <param name="barAge">The time since the session took a bar.</param>
    public IEnumerable<(NotificationRule Rule, Notification Event)> Of(SessionView view, TimeSpan barAge, DateTimeOffset now)
    {
        if (view.Status is { AccountEquity: > 0 } status)
            _peaks[view.Run] = Math.Max(_peaks.GetValueOrDefault(view.Run), status.AccountEquity);
        foreach (var rule in Rules.Where(r => r.Account is null || r.Account == view.Id))
            if (Occasion(rule, view, barAge) is { } found)
                yield return (rule, Notification.Of(rule.On, view.Id, $"{view.Run}\0{found.Occasion}", found.Text, now));
    }

    /// <param name="entry">A new entry of the account's journal.</param>
    public IEnumerable<(NotificationRule Rule, Notification Event)> Of(string account, JournalEntry entry)
    {
        if (Rules.Any(r => NotificationRule.IsOfPrice(r.On)))
        {
            _crossings.Reach(account, entry.Sequence);
            foreach (var found in Prices(account, entry)) yield return found;
        }
        if (!Rules.Any(r => NotificationRule.IsOfJournal(r.On))
            || JournalEvents.Of(account, entry) is not var (kind, occasion, text)) yield break;
        foreach (var rule in Rules.Where(r => r.On == kind && (r.Account is null || r.Account == account)))
            yield return (rule, Notification.Of(kind, account, occasion, text, entry.At));
    }

    /// <param name="job">A job that has ended.</param>
    public IEnumerable<(NotificationRule Rule, Notification Event)> Of(JobStatus job, DateTimeOffset now)
    {
        var kind = job.State switch
        {
            JobState.Done => NotificationEvent.JobDone,
            JobState.Failed => NotificationEvent.JobFailed,
            JobState.Queued or JobState.Running or JobState.Cancelled => (NotificationEvent?)null,
        };
        var text = job.State == JobState.Failed ? $"The job {job.Id} failed: {job.Fault}"
            : $"The job {job.Id} is done{(job.Digest is { } digest ? $", digest {digest}" : "")}.";
        foreach (var rule in Rules.Where(r => r.On == kind && r.Account is null))
            yield return (rule, Notification.Of(rule.On, job.Id, "", text, now));
    }

    /// <param name="record">A compared day of an account.</param>
    public IEnumerable<(NotificationRule Rule, Notification Event)> Of(ParityRecord record, DateTimeOffset now)
    {
        if (record.Outside.Count == 0) yield break;
        string Part(double amount) => Invariant($"{amount:+#,0.00;-#,0.00;0} ({100 * amount / record.AccountEquity:+0.####;-0.####;0} %)");
        var text = Invariant($"{record.Account} on {record.Day:yyyy-MM-dd} differs from a backtest of the final bars by ")
            + $"{Part(record.Total)}, of which {Part(record.Unexplained)} is unexplained; outside of its band: "
            + $"{string.Join(" and ", record.Outside)}.";
        foreach (var rule in Rules.Where(r => r.On == NotificationEvent.Parity && (r.Account is null || r.Account == record.Account)))
            yield return (rule, Notification.Of(rule.On, record.Account, Invariant($"{record.Day:yyyy-MM-dd}"), text, now));
    }

    private IEnumerable<(NotificationRule Rule, Notification Event)> Prices(string account, JournalEntry entry)
    {
        if (entry.Kind != nameof(BarsTaken) || JournalCodec.Decode(entry) is not BarsTaken { Warm: false } taken) yield break;
        foreach (var closed in taken.Bars)
        {
            var (symbol, bar) = (closed.Symbol, closed.Bar);
            if (_crossings.Before(account, closed) is not { } before) continue;
            foreach (var rule in Rules.Where(r => r.Symbol == symbol && (r.Account is null || r.Account == account)))
            {
                var isAbove = rule.On == NotificationEvent.PriceAbove;
                var isReached = isAbove ? before.High < rule.Threshold && bar.High >= rule.Threshold
                    : before.Low > rule.Threshold && bar.Low <= rule.Threshold;
                if (!isReached) continue;
                var reached = JournalEvents.Number(isAbove ? bar.High : bar.Low);
                var text = $"{symbol} {(isAbove ? "rose" : "fell")} to {JournalEvents.Number(rule.Threshold)}: the bar of "
                    + Invariant($"{new DateTime(bar.Time):yyyy-MM-dd HH:mm} UTC reached {reached} ")
                    + $"and closed at {JournalEvents.Number(bar.Close)}.";
                yield return (rule, Notification.Of(rule.On, account,
                    Invariant($"{symbol}\0{rule.Threshold}\0{closed.CloseTime}"), text, entry.At));
            }
        }
    }

    private (string Occasion, string Text)? Occasion(NotificationRule rule, SessionView view, TimeSpan barAge)
    {
        var running = view.IsRunning;
        return (rule.On, view.Status) switch
        {
            (NotificationEvent.Drawdown, { } s) when running && _peaks.GetValueOrDefault(view.Run) is > 0 and var peak =>
                Step(rule, 100 * (1 - s.AccountEquity / peak), v => $"The equity of {view.Id} is {v:0.##} % below its highest."),
            // Orders by hand are no drift. Neither is what is left of one when an operator has closed everything and paused.
            (NotificationEvent.Drift, { ModelEquity: > 0 } s) when running && !(s.State == LiveState.Paused && s.Positions.Count == 0) =>
                Step(rule, 100 * Math.Abs((s.AccountEquity - s.ByHand) / s.ModelEquity - 1),
                    v => $"The equity of {view.Id} differs by {v:0.##} % from its portfolio's with simulated fills."),
            (NotificationEvent.RejectedOrders, { } s) => Step(rule, s.Rejected, v => $"{v:0} orders of {view.Id} were rejected."),
            (NotificationEvent.FeedLag, { } s) when running && barAge.TotalSeconds >= rule.Threshold =>
                (Invariant($"{s.Bars} {rule.Threshold}"), Invariant($"{view.Id} took no bar for {barAge.TotalSeconds:0} s.")),
            (NotificationEvent.SessionLost, _) when view.Phase == SessionPhase.Failed =>
                ("failed", $"The session of {view.Id} failed: {view.Fault}"),
            (NotificationEvent.SessionLost, _) when view.Retry is { } retry =>
                (Invariant($"{view.Status?.Bars}"), $"The session of {view.Id} was interrupted and is tried again: {retry.Reason}"),
            _ => null,
        };
    }

    // The level that was crossed: rules of other thresholds, also earlier ones, report other levels.
    private static (string, string)? Step(NotificationRule rule, double value, Func<double, FormattableString> text) =>
        value >= rule.Threshold ? (Invariant($"{Math.Floor(value / rule.Threshold) * rule.Threshold}"), Invariant(text(value))) : null;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
