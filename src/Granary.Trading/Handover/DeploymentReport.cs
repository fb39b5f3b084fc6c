using System.Globalization;
using Granary.Backtesting.Verification;
using Granary.Contracts.Deployments;
using Granary.Engine;
using Granary.Simulation.Json;
using Granary.Trading.Deployments;
using Granary.Trading.Live;

namespace Granary.Trading.Handover;

/// <summary>One day of a deployment: live results compared with the backtest.</summary>
/// <param name="Live">Equity at the end of the day from the deployment's cash and its own trades.</param>
/// <param name="Account">Equity of the account at the end of the day, with all its trades at the broker's fills; NaN if unknown.</param>
/// <param name="Promised">Equity of a backtest of the same bars.</param>
/// <param name="Causes">The day's contributions to the difference, by cause as in <c>compare</c>.</param>
/// <param name="Return">Return of the account since the first day, as a fraction.</param>
/// <param name="Low">Lower end of the 95 % interval of returns according to the justifying backtest.</param>
/// <param name="High">Upper end of that interval.</param>
internal sealed record ReportDay(DateOnly Day, double Live, double Account, double Promised, IReadOnlyDictionary<string, double> Causes,
    double Return, double Low, double High)
{
    public double Difference => Live - Promised;

    /// <summary>Whether the return is outside of the interval.</summary>
    public bool IsOutside => Return < Low || Return > High;
}

/// <summary>Daily comparison of a deployment's session with its backtest.</summary>
/// <param name="Run">The folder of the session's run.</param>
/// <param name="Earlier">Net profit of trades that earlier deployments entered, which no day includes.</param>
internal sealed record DeploymentReport(Deployment Deployment, string Account, string Run, IReadOnlyList<ReportDay> Days, double Earlier)
{
    /// <summary>The total of all days by cause.</summary>
    public IReadOnlyDictionary<string, double> Causes => Days.SelectMany(d => d.Causes).GroupBy(c => c.Key, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.Sum(c => c.Value), StringComparer.Ordinal);

    public IReadOnlyList<ReportDay> Outside => [.. Days.Where(d => d.IsOutside)];

    /// <summary>Returns reports of the newest run of each account that traded the deployment.</summary>
    /// <param name="runs">Folders of runs; null to use the history's.</param>
    /// <exception cref="InputException">No run has ended yet, or a folder is not the run of a live session.</exception>
    public static IReadOnlyList<DeploymentReport> Read(DeploymentBook book, int number, IReadOnlyList<string>? runs)
    {
        var deployment = book.Get(number);
        var started = Started(book, number);
        if (runs is { Count: > 0 }) return [.. runs.Select(r => Of(deployment, AccountOf(started, r), r))];
        var ended = Ended(book, number);
        return ended.Count > 0 ? ended : throw new InputException(started.Count == 0
            ? $"no session of deployment {number} has started; "
                + $"'granary live --deployments {book.Store} --deployment {number}' starts one"
            : $"no session of deployment {number} has ended with a backtest of its bars; stop it, or name its run's folder with --run");
    }

    /// <summary>Returns reports of the newest run of each account in the history; empty if no session has ended.</summary>
    /// <exception cref="InputException">The deployment does not exist, or a run is damaged.</exception>
    public static IReadOnlyList<DeploymentReport> Ended(DeploymentBook book, int number)
    {
        var deployment = book.Get(number);
        // A session that continues its journal has all bars since the switch, so its newest run has the earlier ones.
        return
        [
            .. Started(book, number).GroupBy(e => e.Account, StringComparer.Ordinal)
                .Select(g => (Account: g.Key, Run: g.Select(e => e.Run).LastOrDefault(IsOver) ?? ""))
                .Where(f => f.Run.Length > 0).Select(f => Of(deployment, f.Account, f.Run)),
        ];
    }

    private static List<DeploymentEvent> Started(DeploymentBook book, int number) =>
        [.. book.History(number).Where(e => e.Action == DeploymentAction.Started)];

    private static string AccountOf(List<DeploymentEvent> started, string run) =>
        started.LastOrDefault(e => e.Run == Path.GetFullPath(run))?.Account ?? "";

    private static bool IsOver(string run) => File.Exists(Path.Combine(run, SessionBacktest.File));

    private static DeploymentReport Of(Deployment deployment, string name, string run)
    {
        if (!IsOver(run)) throw new InputException(
            $"{run} has no {SessionBacktest.File}; name the folder of a live session that has ended");
        var (gaps, earlier) = Gaps(run);
        var equity = EquityDays.Read(run);
        var account = File.Exists(Path.Combine(run, AccountFiles.EquityFile))
            ? EquityDays.Read(run, AccountFiles.EquityFile) : [];
        var expected = new ExpectedReturn(deployment.Backtest.Days);
        var start = equity[0].Equity;
        var days = new List<ReportDay>();
        double live = 0, promised = 0;
        for (var i = 0; i < equity.Count; i++)
        {
            var (day, own) = (equity[i].Day, equity[i].Equity);
            var isLast = i == equity.Count - 1;
            var until = gaps.Where(g => g.Day <= day || isLast).Where(g => i == 0 || g.Day > equity[i - 1].Day).ToList();
            // The account differs from the session's portfolio by the venue, the backtest by bars and commands.
            live += until.Sum(g => g.ByVenue);
            promised += until.Sum(g => g.Total - g.ByVenue);
            var causes = until.SelectMany(g => g.Parts).GroupBy(p => p.Cause, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.Sum(p => p.Amount), StringComparer.Ordinal);
            var (low, _, high) = expected.After(i + 1);
            days.Add(new ReportDay(day, own + live,
                Of(account, day, isLast ? DateOnly.MaxValue : equity[i + 1].Day), own - promised, causes,
                (own + live) / start - 1, low, high));
        }
        return new DeploymentReport(deployment, name, run, days, earlier);
    }

    // The account's equity at the end of a row of the portfolio, whose bars may be longer than a day.
    private static double Of(IReadOnlyList<DayEquity> account, DateOnly day, DateOnly next) =>
        account.LastOrDefault(a => a.Day >= day && a.Day < next)?.Equity ?? double.NaN;

    private sealed record DayDivergence(DateOnly Day, double Total, double ByVenue, IReadOnlyList<(string Cause, double Amount)> Parts);

    private static (List<DayDivergence> Gaps, double Earlier) Gaps(string run)
    {
        var path = Path.Combine(run, SessionBacktest.File);
        var gaps = new List<DayDivergence>();
        var earlier = 0.0;
        foreach (var trade in JsonPart.Parse(path, File.ReadAllBytes(path)).Need("trades").List())
        {
            if (trade.Need("why").String() == LiveDivergence.EarlierVersion)
            {
                earlier += trade.Need("total").Number();
                continue;
            }
            var parts = trade.Need("parts").Members.Select(m => (Cause: m.Name, Amount: m.Value.Number())).ToList();
            gaps.Add(new DayDivergence(DateOnly.FromDateTime(new DateTime(trade.Need("exit").Time())), trade.Need("total").Number(),
                trade.Need("venue").Number(), parts));
        }
        return (gaps, earlier);
    }
}
