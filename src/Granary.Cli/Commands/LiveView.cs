using System.Globalization;
using Granary.Cli.Tables;
using Granary.Contracts.Sessions;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Trading.Live;
using Spectre.Console;

namespace Granary.Cli.Commands;

/// <summary>Output of a live session: an updated table on a terminal, a plain line every few seconds in a pipe.</summary>
internal static class LiveView
{
    private static readonly Column[] _columns = [Column.Text("Session"), Column.Text("Now")];

    private const int MostNotes = 5, MostPositions = 8, MostCold = 5;

    public static async Task<T> ShowAsync<T>(bool silent, Func<IProgress<LiveStatus>?, Task<T>> work)
    {
        if (silent) return await work(null);
        if (Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive) return await work(new Lines());
        return await AnsiConsole.Live(TableWriter.Table(_columns, [["State", "starting"]])).AutoClear(true)
            .StartAsync(context => work(new Immediate(s =>
        {
            context.UpdateTarget(TableWriter.Table(_columns, Rows(s), row => Colour(row, s)));
            context.Refresh();
        })));
    }

    /// <summary>Shows the status of a session that runs in another process.</summary>
    public static async Task WatchAsync(bool silent, Func<IProgress<LiveStatus>?, Task> work) =>
        await ShowAsync<int>(silent, async status =>
    {
        await work(status);
        return 0;
    });

    /// <summary>Prints the table of a session's status once.</summary>
    public static void Write(LiveStatus status) => TableWriter.Write("", _columns, Rows(status));

    /// <summary>Prints the table once, with the time of the last status, because the session's process may have ended.</summary>
    public static void WriteStored(LiveStatus status)
    {
        var rows = Rows(status).ToList();
        rows.Insert(1, ["Last update", Life(status)]);
        if (Stopped(status) is { } stopped) rows[0][1] = stopped;
        TableWriter.Write("", _columns, rows);
    }

    /// <summary>Returns a text if the process of a session ended or hangs; null while it runs, and for a session that has ended.</summary>
    public static string? Stopped(LiveStatus s) => SessionControl.IsAlive(s, TimeProvider.System) || s.State == LiveState.Ended ? null
        : $"not running; it was {Words(s.State)} {Life(s)}";

    private static string Life(LiveStatus s)
    {
        var age = TimeProvider.System.GetUtcNow() - s.SeenAt;
        return age.TotalMinutes switch
        {
            < 2 => FormattableString.Invariant($"{Math.Max(0, age.TotalSeconds):0} s ago"),
            < 2 * 60 => FormattableString.Invariant($"{age.TotalMinutes:0} min ago"),
            < 2 * 24 * 60 => FormattableString.Invariant($"{age.TotalHours:0} h ago"),
            _ => FormattableString.Invariant($"{age.TotalDays:0} days ago"),
        };
    }

    private static string? Fault(LiveStatus s) => s.JournalFault ?? s.VenueFault ?? s.FeedFault;

    private static string State(LiveStatus s) => Fault(s) is { } fault ? $"{Words(s.State)}: {fault}"
        : s.WarmingUp is { } w && s.State is LiveState.WarmingUp or LiveState.CatchingUp or LiveState.Trading ? WarmingUp(s, w)
        : Words(s.State);

    private static string WarmingUp(LiveStatus s, WarmUpProgress w)
    {
        var some = w.Strategies < s.Strategies ? $" in {Cell.Count(w.Strategies)} of {Cell.Count(s.Strategies)} strategies" : "";
        return $"{(s.State == LiveState.WarmingUp ? "" : $"{Words(s.State)}; ")}warming up, {Cell.Count(w.Bars)} of {Cell.Count(w.Needed)} "
            + $"bars{some}: no signals before the factors have values";
    }

    private static string ColdText(StrategyWarmUp w, string feed) => $"{w.Strategy}: {Cell.Count(w.Bars)} of the {Cell.Count(w.Needed)} "
        + $"bars of {w.Market} that {w.Factor} needs{(feed.Length > 0 ? $", from {feed}" : "")}";

    /// <summary>The table of one strategy.</summary>
    public static void Write(SessionStrategy s)
    {
        List<string[]> rows =
        [
            ["State", s.Error ?? $"{s.State.ToString().ToLowerInvariant()}, entries {(s.Enabled ? "enabled" : "disabled")}"],
            ["Weight", Cell.Percent(s.Weight) + " %"],
            ["Bars", Cell.Count(s.Bars)],
            ["Closed trades", Cell.Count(s.Trades)],
            ["Equity (simulated)", Cell.Money(s.Equity)],
            ["Positions", Positions(s.Positions)],
        ];
        TableWriter.Write(s.Id, [Column.Text("Strategy"), Column.Text("Now")], rows);
    }

    /// <summary>Returns an amount of a session's account, with its currency if its configuration names one.</summary>
    internal static string Money(LiveStatus s, double amount) =>
        s.Account.Currency is { } currency ? $"{Cell.Money(amount)} {currency}" : Cell.Money(amount);

    private static string Balances(LiveStatus s) => s.Account.Balances.Count == 0 ? ""
        : $", with {string.Join(" and ", s.Account.Balances.Select(b => $"{Cell.Money(b.Amount)} {b.Currency}"))}";

    /// <summary>Returns the rows of a session's table.</summary>
    internal static IReadOnlyList<string[]> Rows(LiveStatus s)
    {
        List<string[]> rows =
        [
            ["State", State(s)],
            ["Market time (UTC)", Time(s)],
            ["Bars", Cell.Count(s.Bars)],
            ["Strategies", Cell.Count(s.Strategies) + (s.Failed > 0 ? $", {Cell.Count(s.Failed)} failed" : "")
                + (s.Stopped > 0 ? $", entries of {Cell.Count(s.Stopped)} stopped" : "")],
            ["Equity", $"{Money(s, s.AccountEquity)} (with simulated fills {Cell.Money(s.ModelEquity)}"
                + $"{(s.ByHand == 0 ? "" : $"; by hand {Cell.Money(s.ByHand)}")})"],
            ["Cash", Money(s, s.AccountCash) + Balances(s)],
            ["Fees", Money(s, s.AccountFees)],
            ["Open trades", Cell.Count(s.OpenTrades)],
            ["Positions", Positions(s.Positions, s)],
            ["Signals", $"{Cell.Count(s.Signals)}, {Cell.Count(s.Accepted)} accepted"],
            ["Orders", $"{Cell.Count(s.OrdersSent)} sent, {Cell.Count(s.Fills)} fills, {Cell.Count(s.Rejected)} rejected" + (s.Unknown > 0
                ? $", {Cell.Count(s.Unknown)} unknown" : "")],
        ];
        if (s.Hits.Count > 0)
            rows.Add(["Fills of exits", string.Join(", ",
                s.Hits.OrderBy(h => h.Key, StringComparer.Ordinal)
                    .Select(h => $"{Cell.Count(h.Value)} {h.Key}{(h.Value == 1 ? "" : "s")}"))]);
        if (s.Differences > 0) rows.Add(["Differences from the venue", Cell.Count(s.Differences)]);
        if (s.WeightsVersion > 0) rows.Add(["Weights version", Cell.Count(s.WeightsVersion)]);
        if (double.IsFinite(s.LatencyP50))
            rows.Add(["Bar to order (ms)", $"{Cell.Ratio(s.LatencyP50 / 1000)}, 99th percentile {Cell.Ratio(s.LatencyP99 / 1000)}"]);
        if (s.State != LiveState.Ended)
            rows.AddRange((s.WarmingUp?.Slowest ?? []).Take(MostCold).Select(w => new[] { "Warming up", ColdText(w, s.WarmingUp!.Feed) }));
        rows.AddRange(s.Notes.TakeLast(MostNotes).Select(note => new[] { "Note", note }));
        return rows;
    }

    /// <summary>Describes what an order by hand would do.</summary>
    internal static string Describe(HandPreview p, LiveStatus s)
    {
        var digits = s.Account.Digits.GetValueOrDefault(p.Symbol);
        string Price(double value) => Cell.Market(value, digits?.Price);
        string Quantity(double value) => Cell.Market(value, digits?.Quantity);
        List<string> lines =
        [
            p.Command == "protect"
                ? $"{p.Symbol}: stop and target of {Quantity(p.Quantity)} at the last close {Price(p.Price)}"
                : $"{(p.Side == Side.Buy ? "Buy" : "Sell")} {Quantity(p.Quantity)} {p.Symbol} at about {Price(p.Price)}: "
                    + $"{Cell.Money(p.Value)}, costs {Cell.Money(p.Cost)}",
            (p.Stop is { } stop ? $"Stop {Price(stop)}" : "No stop")
                + (p.Target is { } target ? $", target {Price(target)}" : ", no target")
                + (p.Risk is { } risk
                    ? $"; at the stop {Cell.Money(risk)} are lost, {Cell.Ratio(p.RiskPercent!.Value)} % of the equity" : ""),
            $"Afterwards: position {Quantity(p.Position)} {p.Symbol}, all positions {Cell.Ratio(p.GrossPercent)} % of the equity"
                + (p.Profit is { } profit ? $", profit booked {Cell.Money(profit)} before fees" : ""),
            .. p.Limits.Where(l => l.Allowed > 0).Select(l => $"Limit {l.Limit}: {Cell.Ratio(l.Used)} of {Cell.Ratio(l.Allowed)}"),
            p.Then,
        ];
        if (p.Refusal is { } refusal) lines.Add($"Refused: {refusal}");
        return string.Join('\n', lines);
    }

    /// <summary>Returns a position as text, with the digits of its instrument as the session reports them.</summary>
    /// <param name="s">Null if they are not known.</param>
    internal static string Position(LiveStatus? s, string symbol, double quantity) =>
        $"{Cell.Market(quantity, s?.Account.Digits.GetValueOrDefault(symbol)?.Quantity)} {symbol}";

    private static string Positions(IReadOnlyDictionary<string, double> positions, LiveStatus? s = null)
    {
        if (positions.Count == 0) return "none";
        var shown = positions.OrderBy(p => p.Key, StringComparer.Ordinal).Take(MostPositions)
            .Select(p => Position(s, p.Key, p.Value));
        return string.Join(", ", shown)
            + (positions.Count > MostPositions ? $" and {Cell.Count(positions.Count - MostPositions)} more" : "");
    }

    private static Color? Colour(string[] row, LiveStatus s) => row[0] switch
    {
        "State" => Fault(s) is not null ? Color.Red
            : s.State switch { LiveState.Trading => Color.Green, LiveState.Paused => Color.Yellow, _ => null },
        "Strategies" => s.Failed > 0 ? Color.Red : null,
        "Orders" => s.Unknown > 0 ? Color.Red : null,
        "Differences from the venue" => Color.Red,
        "Note" => Color.Grey,
        _ => null,
    };

    public static void Ended(LiveRun run)
    {
        var s = run.Status;
        Console.WriteLine(
            $"{run.Run.Model.Name}: {Counted.Of(s.Bars, "bar")}, {Counted.Of(s.Signals, "signal")}, "
                + $"{Counted.Of(s.OrdersSent, "order")}, "
                + $"{Counted.Of(s.Fills, "fill")}; {run.Against?.Sentence ?? $"account {Money(s, s.AccountEquity)}"}");
        if (run.Against is { IsSame: false } other)
            Console.WriteLine($"The session's own portfolio has {Cell.Money(s.ModelEquity)}, and its digest is not the "
                + $"backtest's {other.Digest}: weights, strategies or entries were changed while it ran");
        foreach (var note in s.Notes) Output.Marked("Note", note);
        Output.WriteRun(run.Run.Model.Digest, run.Run.Report, run.Run.Folder);
    }

    private static string Words(LiveState state) => state switch
    {
        LiveState.WarmingUp => "warming up",
        LiveState.CatchingUp => "catching up",
        LiveState.WaitingForJournal => "waiting for the journal",
        LiveState.WaitingForVenue => "waiting for the venue",
        LiveState.WaitingForFeed => "waiting for the feed",
        LiveState.Trading => "trading",
        LiveState.Paused => "paused",
        LiveState.Ended => "ended",
    };

    private static string Time(LiveStatus s) => s.Timestamp.Ticks == 0 ? "before the first bar"
        : s.Timestamp.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private sealed class Immediate(Action<LiveStatus> show) : IProgress<LiveStatus>
    {
        public void Report(LiveStatus value) => show(value);
    }

    private sealed class Lines : IProgress<LiveStatus>
    {
        private LiveState? _state;
        private long _last;

        public void Report(LiveStatus value)
        {
            // Prints a change of the state at once, everything else every five seconds.
            if (_state == value.State && System.Diagnostics.Stopwatch.GetElapsedTime(_last) < TimeSpan.FromSeconds(5)) return;
            (_state, _last) = (value.State, System.Diagnostics.Stopwatch.GetTimestamp());
            Console.WriteLine($"{State(value)}: {Time(value)}, {Counted.Of(value.Bars, "bar")}, "
                + $"equity {Money(value, value.AccountEquity)}, {Counted.Of(value.OpenTrades, "open trade")}, "
                + $"{Counted.Of(value.OrdersSent, "order")}, {Counted.Of(value.Fills, "fill")}");
        }
    }
}
