using Granary.Backtesting.Runs;
using Granary.Backtesting.Verification;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Trading.Live;

namespace Granary.Trading.Parity;

/// <summary>An account and its backtest at a time.</summary>
/// <param name="Account">Equity of the account.</param>
/// <param name="Backtest">Equity of the backtest of the final bars.</param>
/// <param name="Gap">The account minus the backtest, by trade and cause.</param>
/// <param name="Digest">Digest of the backtest of the final bars.</param>
internal sealed record ReplayedDay(double Account, double Backtest, LiveGap Gap, string Digest, ComparedBars Bars)
{
    // Differences below this share of the equity are rounding.
    private const double Rounding = 1e-9;

    /// <summary>The amounts by cause. What the trades do not have is unexplained.</summary>
    public IReadOnlyDictionary<string, double> Causes()
    {
        var causes = Gap.Causes.ToDictionary(c => c.Cause, c => Rounded(c.Amount), StringComparer.Ordinal);
        var rest = Account - Backtest - Gap.Causes.Sum(c => c.Amount);
        causes[GapCauses.Unexplained] = Rounded(causes[GapCauses.Unexplained] + rest);
        return causes;
    }

    /// <summary>Whether an amount exceeds rounding errors.</summary>
    public bool Counts(double amount) => Math.Abs(amount) > Rounding * Math.Abs(Backtest);

    private double Rounded(double amount) => Counts(amount) ? amount : 0;
}

/// <summary>Replays the journal of an account up to a time, and runs the backtests that it is compared with.</summary>
internal sealed class DayReplay
{
    /// <summary>Reads the configuration. Each replay takes a new one, since models and policies of a session change it.</summary>
    public required Func<Production> Configuration { get; init; }

    public required LiveRequest Request { get; init; }

    public required IAccountStore Store { get; init; }

    public required string Account { get; init; }

    /// <summary>The events of the journal.</summary>
    public required AccountPast Past { get; init; }

    public required FinalBars Bars { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>A folder for temporary files.</summary>
    public required string Folder { get; init; }

    /// <param name="end">The last market time, UTC ticks.</param>
    public async Task<ReplayedDay> UntilAsync(long end, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Folder, Path.GetRandomFileName());
        var (live, own, late, final) = (Path.Combine(folder, "live"), Path.Combine(folder, "own"), Path.Combine(folder, "late"),
            Path.Combine(folder, "final"));
        var production = Configuration();
        var spec = LiveSession.SpecOf(production, Past.Events);
        await using var account = TradingAccount.Read(new AccountJournal(new LeasedJournal(Store, Account, "parity", Clock), Clock),
            Request.Broker);
        var events = Past.Events.FindAll(e => e.Timestamp <= end);
        var session = new OpenedSession(SessionBacktest.Reduced(spec), new JournalFeed(Bars.Markets), account,
            new AccountPast(events, 0), Clock, new LiveOptions
            {
                Account = Account,
                Feed = $"{Request.Feed}",
                Configuration = production.Hash,
            });
        var (from, status) = await new SessionRunner(production, Clock, 0).ReplayAsync(session, live,
            (host, path) => AccountFiles.WriteAsync(path, account.Journal, Request, production, host, end), cancellationToken)
            .ConfigureAwait(false);

        async Task<BatchRun> BacktestAsync(IBarSource bars, string path)
        {
            var fresh = LiveSession.SpecOf(Configuration(), Past.Events);
            return await SessionBacktest.RunAsync(fresh with { Portfolio = fresh.Portfolio with { From = from } }, bars, path, Clock,
                cancellationToken).ConfigureAwait(false);
        }

        var compared = Bars.Until(end);
        var (run, gap) = (await BacktestAsync(session.Bars, own).ConfigureAwait(false), LiveGap.Of(own, live, isOfSameBars: true));
        if (compared.Missing > 0)
        {
            run = await BacktestAsync(compared.Late, late).ConfigureAwait(false);
            (gap, own) = (gap.Against(own, late, GapCauses.LateBar), late);
        }
        if (compared.Revised > 0)
        {
            run = await BacktestAsync(compared.Final, final).ConfigureAwait(false);
            gap = gap.Against(own, final, GapCauses.Data);
        }
        return new ReplayedDay(status.AccountEquity, run.Model.EquityWithFills ?? spec.Cash, gap, run.Model.Digest, compared);
    }
}
