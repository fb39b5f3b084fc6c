using System.Text.Json;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Pages;

/// <summary>What the page of a run says outside of its tables: the head, leads and notes, and its pictures in words.</summary>
internal sealed class RunSentences(PageCheck check, RunFigures run, AccountFigures account, string benchmark)
{
    private const int Rows = 2000, Shaded = 5, MostPoints = 420;

    private readonly SentenceCheck _says = check.Sentences;
    private readonly JsonElement _results = run.Files.Results;
    private readonly BareCurve _closes = new([.. run.Closes.Select(c => c.Row.Time)], [.. run.Closes.Select(c => c.Row.Equity)]);

    public void Check()
    {
        Head();
        Headlines();
        Curves();
        Returns();
        Strategies();
        Trades();
        new NoteSentences(check, run).Check();
        if (_results.TryGetProperty("guards", out var section)) new ValidationSentences(check, run, section).Check();
    }

    private void Head()
    {
        _says.Listed(@"(Backtest|Walk-forward|Live session) · .* UTC", "the folder's name and the clock");
        _says.Listed("Digest [0-9a-f]{64}", "a hash");
        _says.Listed("Granary .* of .* UTC\\. .* Digest [0-9a-f]{64}\\.", "the clock and a hash");
        var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run.Files.Folder, "manifest.json"))).RootElement;
        List<string> markets = [.. manifest.GetProperty("data").EnumerateArray()
            .Select(m => m.GetProperty("symbol").GetString()!).Distinct()];
        var bars = markets.Where(run.Markets.Bars.ContainsKey).Select(m => run.Markets.Bars[m]).ToList();
        var frames = string.Join(", ", run.Files.Strategies.Select(s => s.GetProperty("timeframe").GetString()!).Distinct()
            .OrderBy(f => f[^1] == 'h' ? 0 : 1).ThenBy(f => f, StringComparer.Ordinal));
        var count = run.Files.Strategies.Count;
        var where = markets.Count == 1 ? markets[0] : "{} markets";
        var span = $"{bars.Min(b => b[0].Time):yyyy-MM-dd} to {bars.Max(b => b[^1].Time):yyyy-MM-dd}";
        _says.Says($"{{}} {(count == 1 ? "strategy" : "strategies")} on {where} ({frames}), {span}. {{~}}",
            markets.Count == 1 ? [count] : [count, markets.Count]);
        foreach (var frame in frames.Split(", ")) _says.Listed(frame, "a timeframe to choose");
    }

    private void Headlines()
    {
        var cells = account.Statistics();
        var theirs = run.Benchmark is { } b ? $"; {benchmark} {{}}" : "";
        var own = _results.TryGetProperty("session", out _) ? "; account {}" : "";
        _says.Says("Total return: {} a year" + theirs + own,
            [account.Curve.Cagr, .. run.BenchmarkRows is { } other ? [other.TotalReturn] : Array.Empty<double>(),
                .. own.Length > 0 ? [account.Curve.TotalReturn] : Array.Empty<double>()]);
        _says.Says("Sharpe ratio: Sortino {}; {} periods a year",
            account.Curve.Sortino, account.PeriodsPerYear);
        var days = account.Curve.MaxDrawdownDays;
        _says.Says($"Max drawdown: {{}} {(days < 2 ? "h" : "days")}", days < 2 ? 24 * days : days);
        if (run.Closed.Count > 0) _says.Says("Trades: {} won", cells["Win rate"].Number);
        _says.Says("Strategies: {} with a weight", run.Files.Weighted.Count());
        if (_results.TryGetProperty("evidence", out var checks))
        {
            var states = checks.EnumerateObject().Select(c => c.Value.GetProperty("state").GetString()).ToList();
            _says.Says("Verdict: {} of {} checks passed", states.Count(s => s == "passed"), states.Count);
        }
        _says.Says("* The risk-free rate is {}.", 0);
    }

    private void Curves()
    {
        var every = new BareCurve([.. run.Rows.Select(r => r.Time)], [.. run.Rows.Select(r => r.Equity)], account.PeriodsPerYear);
        var falls = every.Falls().OrderByDescending(f => f.Depth).ThenBy(f => f.Peak).ToList();
        var shaded = falls.Count > 0 ? "Shaded are the deepest drawdowns, from peak to recovery. " : "";
        _says.Says($"{shaded}From {{}} on {_closes.Times[0]:yyyy-MM-dd} to {{}} on {_closes.Times[^1]:yyyy-MM-dd}, a return of {{}}.",
            _closes.Values[0], _closes.Values[^1], _closes.TotalReturn);
        if (falls.Count > 0)
        {
            _says.Says($"The deepest fall was {{}}, from {falls[0].Peak:yyyy-MM-dd} to {falls[0].Trough:yyyy-MM-dd}.", falls[0].Depth);
            _says.Says("Shaded: the {} deepest drawdowns, from their peak to their recovery.", Math.Min(Shaded, falls.Count));
        }
        var exposure = account.Exposure();
        if (check.Page.Charts.Any(c => c.Title.StartsWith("Gross exposure, share", StringComparison.Ordinal)))
            _says.Says("Longs and shorts together: {} of equity on average, {} at the most.",
                exposure["Gross exposure on average"].Number, exposure["Gross exposure at the most"].Number);
        Holdings();
        if (run.BenchmarkRows is not { } other) return;
        var step = other.Times.Zip(other.Times.Skip(1), (a, b) => b - a).Order().ElementAt((other.Times.Count - 1) / 2);
        _says.Says($"{benchmark}: by {(step >= TimeSpan.FromDays(1) ? "day" : "hour")} at the {{}} times that both curves have, annualised "
            + "with {} periods a year.", other.Times.Count, other.PeriodsPerYear);
        _says.Says($"Compared with {benchmark} at the {{}} times that both have.", other.Times.Count);
    }

    private void Holdings()
    {
        var largest = run.Trades.Select(t => t.Symbol).Distinct().Select(s => (Symbol: s, Share: run.Closes.Average(c => c.Row.Equity > 0
                ? run.Account.Positions[c.Index][s].Gross / c.Row.Equity : 0)))
            .OrderByDescending(s => s.Share).ThenBy(s => s.Symbol, StringComparer.Ordinal).FirstOrDefault();
        if (largest.Symbol is null) return;
        _says.Says($"At the ends of days, each position at the close. {largest.Symbol} is the largest with {{}} of equity on average.",
            largest.Share);
        if (run.Closes.Count > MostPoints)
            _says.Says("Drawn at {} of {} rows, evenly chosen; the table is of all: the first row and the ends of days.",
                MostPoints, run.Closes.Count);
    }

    private void Returns()
    {
        var years = _closes.Times.Select(t => t.Year).Distinct().Select(y => (Year: y, Return: Year(y))).ToList();
        if (years.Count > 1)
            _says.Says($"Best {years.MaxBy(y => y.Return).Year} with {{}}, worst {years.MinBy(y => y.Return).Year} with {{}}; "
                + "the first and the last year may be cut short.", years.Max(y => y.Return), years.Min(y => y.Return));
        double[] held = [.. run.Daily.Returns.Where((_, i) => run.Daily.Invested[i])];
        if (held.Length == 0) return;
        var tail = DailyCurve.Quantile(held, 0.05);
        var worse = held.Where(r => r <= tail).Average();
        _says.Says("{} returns. One day in twenty loses more than {}; such days lose {} on average.", held.Length, -tail, -worse);
        _says.Says("VaR 95% {}", tail);
        _says.Says("CVaR 95% {}", worse);
        var flat = run.Daily.Returns.Length - held.Length;
        _says.Says((flat == 0 ? "" : "Drawn are the {} days in the market; {} of {} days held nothing and "
            + (flat == 1 ? "is neither a gain nor a loss. " : "are neither gains nor losses. "))
            + "The outermost bars hold what lies beyond them. Stronger bars lie beyond the 95% value at risk.",
            flat == 0 ? [] : [held.Length, flat, run.Daily.Returns.Length]);
    }

    private double Year(int year)
    {
        var times = _closes.Times.ToList();
        var (first, last) = (times.FindIndex(t => t.Year == year), times.FindLastIndex(t => t.Year == year));
        return _closes.Values[last] / (first == 0 ? run.Cash : _closes.Values[first - 1]) - 1;
    }

    private void Strategies()
    {
        if (run.Ranked.Count > 1) _says.Says("{} strategies", run.Ranked.Count);
        _says.Listed("Printed are the first [0-9]+ .*", "a limit of printing");
        var moved = run.Trades.ToLookup(t => t.Strategy);
        foreach (var strategy in run.Ranked.Take(Rows).Where(s => RunFigures.Stat(s, "trades") > 0))
        {
            var id = strategy.GetProperty("id").GetString()!;
            var trades = run.Files.TradesOf(id);
            // Three are drawn; which, the check of their tables knows.
            if (!check.Page.Tables.Any(t => t.Heading == id && t.Caption.StartsWith("The last", StringComparison.Ordinal))) continue;
            new TradeSentences(_says, strategy).Check(trades);
        }
    }

    private void Trades()
    {
        var open = run.Trades.Count(t => t.IsOpen);
        if (open == 1) _says.Listed("1 trade was still open at the end", "the table below has one row");
        else if (open > 0) _says.Says("{} trades were still open at the end", open);
        var listed = check.Page.Tables.FirstOrDefault(t => t.Caption.StartsWith("Trades still open", StringComparison.Ordinal));
        _says.Says("The first {} of {}; the run's CSV files list all.", listed?.Rows.Count ?? 0, open);
        if (run.Closed.Count > 1)
        {
            var (won, lost) = TradeSentences.Streaks(run.Closed);
            _says.Says("Longest winning streak {}, longest losing streak {}, in order of closing.", won, lost);
        }
        if (run.Files.Results.GetProperty("portfolio").TryGetProperty("decisions", out var decisions))
        {
            var counts = decisions.EnumerateObject().ToDictionary(d => d.Name, d => d.Value.GetInt32());
            _says.Says("The portfolio accepted all {} signals of its strategies.", counts.GetValueOrDefault("accepted"));
            if (counts.Count > 0)
                _says.Says("The portfolio accepted {} of {} signals.*", counts.GetValueOrDefault("accepted"), counts.Values.Sum());
        }
    }
}
