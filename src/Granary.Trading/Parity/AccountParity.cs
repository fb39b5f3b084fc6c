using Granary.Backtesting.Verification;
using Granary.Contracts.Deployments;
using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Storage.Addresses;
using Granary.Trading.Deployments;
using Granary.Trading.Live;

namespace Granary.Trading.Parity;

/// <summary>
/// Compares the days of an account with a backtest of its configuration on the final bars. It reads the account's journal without its
/// lease, so the session trades on.
/// </summary>
/// <param name="catalogues">The catalogues of the process.</param>
internal sealed class AccountParity(IAccountStore accounts, GranaryCatalogues catalogues, TimeProvider clock)
{
    private const int MostTrades = 20;

    private static readonly IReadOnlyList<string> s_besideStates = JournalKinds.AllBut(nameof(SessionChanged));

    /// <summary>Compares days, and keeps their records.</summary>
    /// <param name="start">The request that started the account's last session.</param>
    /// <param name="book">Keeps the records; null keeps none.</param>
    /// <param name="progress">Receives each day before it is compared.</param>
    /// <param name="compared">
    /// Receives each new record of a day that has ended, before it is kept: a process that is killed has reported every day that is kept.
    /// </param>
    /// <returns>The records of the days, oldest first; those that were kept before as they are.</returns>
    /// <exception cref="InputException">
    /// The account has no such day, the day has not ended, the session has not passed it, or the bars are not final yet.
    /// </exception>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public async Task<IReadOnlyList<ParityRecord>> CompareAsync(ParityRequest request, SessionStart start, DeploymentBook? book,
        Action<DateOnly>? progress = null, Func<ParityRecord, Task>? compared = null, CancellationToken cancellationToken = default)
    {
        Production Read() => new ProductionReader(catalogues).Read(start.File, start.Text, start.Folder);
        var production = Read();
        var live = start.ToRequest(catalogues);
        await using var journal = new AccountJournal(new LeasedJournal(accounts, request.Account, "parity", clock), clock);
        var past = await AccountPast.ReadAsync(journal, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (!past.Events.Exists(e => e is BarsTaken { Warm: false }))
            throw new InputException($"the account {request.Account} has taken no bars yet; compare it after its first day");
        if (past.Events.Aggregate((SessionStarted?)null, LiveSession.LastStart) is { } started
            && started.Configuration != production.Hash)
            throw new InputException($"{journal.Name} is of another configuration than {start.File}; name the one that the account trades");
        var spec = LiveSession.SpecOf(production, past.Events);
        var source = request.Bars ?? LiveSession.FinalBarsOf(live, spec) ?? throw new InputException(
            $"the bars of the feed {live.Feed} cannot be read again; name the source of the final bars with --bars, or 'bars' of the job");
        var bars = await FinalBars.ReadAsync(spec, source, past.Events, cancellationToken).ConfigureAwait(false);
        List<JournalEvent> reasons = [];
        await foreach (var entry in journal.ReadAsync(new JournalQuery { Without = AccountFiles.BesideReport }, cancellationToken)
            .ConfigureAwait(false)) reasons.Add(JournalCodec.Decode(entry));
        var states = await accounts.PeekAsync(request.Account, new JournalQuery { Without = s_besideStates }, cancellationToken)
            .ConfigureAwait(false);
        var days = new SessionDays(bars.Markets.Select(m => m.Instrument), spec.Data.Timeframe, past.Events,
            states.LastOrDefault() is { } last && JournalCodec.Decode(last) is SessionChanged { To: nameof(LiveState.Ended) });
        var comparison = new DayComparison(request, book?.Find(production.Hash)?.Number, production.Hash, source.ToString(),
            past.Events.OfType<SessionStarted>().LastOrDefault()?.Program ?? "");
        await using var replay = new DayReplays
        {
            Configuration = Read,
            Request = live,
            Store = accounts,
            Account = request.Account,
            Events = past.Events,
            Reasons = reasons,
            Bars = bars,
            Clock = clock,
        };
        return await CompareDaysAsync(comparison, days, replay, book, (progress, compared), cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<ParityRecord>> CompareDaysAsync(DayComparison comparison, SessionDays days, DayReplays replay,
        DeploymentBook? book, (Action<DateOnly>? Before, Func<ParityRecord, Task>? After) tell, CancellationToken cancellationToken)
    {
        var request = comparison.Request;
        var known = book?.Parity(request.Account).ToDictionary(r => r.Day) ?? [];
        List<ParityRecord> records = [];
        (DateOnly Day, ReplayedDay At)? before = null;
        foreach (var day in Wanted(request, days, known))
        {
            cancellationToken.ThrowIfCancellationRequested();
            tell.Before?.Invoke(day);
            if (known.TryGetValue(day, out var kept))
            {
                records.Add(kept);
                continue;
            }
            var isRunning = !days.IsOver(day, clock.GetUtcNow());
            if (!isRunning) replay.Bars.CheckFinal(day, days.Ends[day]);
            var previous = days.Ends.Keys.LastOrDefault(d => d < day);
            var earlier = previous == default ? null
                : before is var (known2, at) && known2 == previous ? at
                : await replay.UntilAsync(days.Ends[previous], cancellationToken).ConfigureAwait(false);
            var now = await replay.UntilAsync(days.Ends[day], cancellationToken).ConfigureAwait(false);
            before = (day, now);
            var record = comparison.RecordOf(day, days.Ends[day], earlier, now, isRunning);
            if (!isRunning && tell.After is { } after) await after(record).ConfigureAwait(false);
            records.Add(isRunning || book is null ? record : book.Keep(record));
        }
        return records;
    }

    private List<DateOnly> Wanted(ParityRequest request, SessionDays days, Dictionary<DateOnly, ParityRecord> known)
    {
        var now = clock.GetUtcNow();
        if (request.Day is { } day)
        {
            if (!days.Ends.ContainsKey(day))
                throw new InputException(FormattableString.Invariant($"the session of {request.Account} has no bars on {day:yyyy-MM-dd}; ")
                    + FormattableString.Invariant($"its days are from {days.Ends.Keys.First():yyyy-MM-dd} to ")
                    + FormattableString.Invariant($"{days.Ends.Keys.Last():yyyy-MM-dd}"));
            if (days.OverAt(day) is var over && over > now)
                throw new InputException(FormattableString.Invariant($"{day:yyyy-MM-dd} of {request.Account} ends at ")
                    + FormattableString.Invariant($"{over:yyyy-MM-dd HH:mm}Z; compare it then, or ")
                    + "the part until now with --now ('now' of the job)");
            if (!days.IsOver(day, now))
                throw new InputException(FormattableString.Invariant($"the session of {request.Account} is still in {day:yyyy-MM-dd}: ")
                    + FormattableString.Invariant($"its last bar closed at {new DateTime(days.Ends[day]):yyyy-MM-dd HH:mm}Z, and the day ")
                    + FormattableString.Invariant($"ends at {over:yyyy-MM-dd HH:mm}Z; compare it when the session has passed it, or ")
                    + "the part until now with --now ('now' of the job)");
            return [day];
        }
        var last = known.Count > 0 ? known.Keys.Max() : DateOnly.MinValue;
        return [.. days.Ends.Keys.Where(d => d > last && !(d < request.From) && (request.Now || days.IsOver(d, now)))];
    }

    private sealed record DayComparison(ParityRequest Request, int? Deployment, string Configuration, string Bars, string Program)
    {
        public ParityRecord RecordOf(DateOnly day, long end, ReplayedDay? before, ReplayedDay at, bool isRunning)
        {
            var (since, until) = (before?.Causes ?? new Dictionary<string, double>(), at.Causes);
            var causes = until.ToDictionary(c => c.Key, c =>
                c.Value - since.GetValueOrDefault(c.Key) is var amount && at.Counts(amount) ? amount : 0, StringComparer.Ordinal);
            var (total, unexplained) = (causes.Values.Sum(), causes[DivergenceCauses.Unexplained]);
            bool IsOutside(double amount, double percent) => Math.Abs(amount) > percent / 100 * Math.Abs(at.Account);
            List<string> outside = [];
            if (IsOutside(total, Request.TotalPercent)) outside.Add("total");
            if (IsOutside(unexplained, Request.UnexplainedPercent)) outside.Add(DivergenceCauses.Unexplained);
            return new ParityRecord(Request.Account, day, Deployment, total, causes, outside)
            {
                Unexplained = unexplained,
                AccountEquity = at.Account,
                BacktestEquity = at.Backtest,
                SinceStart = until,
                Bars = Bars,
                End = new DateTime(end, DateTimeKind.Utc),
                Taken = at.Bars.Taken,
                Revised = at.Bars.Revised,
                Missing = at.Bars.Missing,
                Configuration = Configuration,
                Program = Program,
                ComparedBy = SessionProgram.Version,
                Digest = at.Digest,
                TotalBand = Request.TotalPercent,
                UnexplainedBand = Request.UnexplainedPercent,
                Trades = [.. at.Gap.Trades.Where(t => at.Counts(t.Total)).OrderByDescending(t => Math.Abs(t.Total)).Take(MostTrades)
                    .Select(t => new ParityTrade(t.Strategy, t.Symbol, RunText.Time(t.EntryTime.Ticks), t.Total, t.LargestCause, t.Why))],
                Notes = NotesOf(at),
                IsRunning = isRunning,
            };
        }

        private List<string> NotesOf(ReplayedDay at)
        {
            List<string> notes = [];
            if (at.Bars.Kept > 0)
                notes.Add($"{Bars} begins later than the session: {Counted.Of(at.Bars.Kept, "bar")} before it are those of the journal");
            if (Program.Length > 0 && Program != SessionProgram.Version)
                notes.Add($"the session ran with version {Program} of the program, and {SessionProgram.Version} compares it");
            return notes;
        }
    }
}
