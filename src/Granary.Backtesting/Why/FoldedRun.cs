using System.Globalization;
using System.Text.Json;
using Granary.Backtesting.WalkForward;
using Granary.Contracts.Why;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;

namespace Granary.Backtesting.Why;

/// <summary>
/// A group of a walk-forward: the runs of its choices, and the bars of its test spans. A bar is answered by the replay of the run that
/// traded it.
/// </summary>
internal sealed class FoldedRun
{
    private readonly string _group;
    private readonly IReadOnlyList<WalkForwardWindow> _windows;
    private readonly IReadOnlyList<WalkForwardChoice> _choices;
    private readonly IReadOnlyList<AccountRun> _runs;
    private readonly RunRecords _records;
    // By run, then by symbol: open times of the bars in test spans.
    private readonly IReadOnlyList<IReadOnlyDictionary<string, List<long>>> _bars;

    private FoldedRun(WalkForwardGroup group, IReadOnlyList<WalkForwardWindow> windows, RunRecords records,
        IReadOnlyList<AccountRun> runs, IReadOnlyList<IReadOnlyDictionary<string, List<long>>> bars) =>
        (_group, _choices, _windows, _records, _runs, _bars) = (group.Group, group.Choices, windows, records, runs, bars);

    /// <summary>A bar of a test span.</summary>
    /// <param name="Number">Its number among the bars of all test spans, of <paramref name="Count"/>.</param>
    private readonly record struct Place(int Run, string Symbol, long Time, long Number, long Count);

    /// <param name="folder">The folder of a walk-forward.</param>
    /// <param name="strategy">The name of a group.</param>
    /// <exception cref="InputException">The run has no such group, or cannot be replayed.</exception>
    public static async Task<FoldedRun> OpenAsync(string folder, string strategy, RunRecords records, GranaryCatalogues catalogues,
        TimeProvider clock)
    {
        var results = ResultsOf(folder);
        await using var opened = await ChosenAsync(folder, results, catalogues, clock).ConfigureAwait(false);
        var group = GroupOf(opened, strategy, folder);
        var runs = await opened.RunsOfAsync(group, CancellationToken.None).ConfigureAwait(false);
        var bars = new List<IReadOnlyDictionary<string, List<long>>>();
        foreach (var run in runs) bars.Add(await BarsOfAsync(opened, run).ConfigureAwait(false));
        CheckTrades(strategy, runs, records);
        return new FoldedRun(results.Groups[group], opened.Input.Windows, records, runs, bars);
    }

    private static WalkForwardResults ResultsOf(string folder)
    {
        using var results = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "results.json")));
        return ResultSection.Read<WalkForwardResults>(results.RootElement.GetProperty("walkForward").GetRawText());
    }

    private static async Task<ChosenWalkForward> ChosenAsync(string folder, WalkForwardResults results, GranaryCatalogues catalogues,
        TimeProvider clock)
    {
        var manifest = RunManifest.Read(folder);
        ChosenWalkForward opened;
        try
        {
            opened = await ChosenWalkForward.OpenAsync(manifest.ReadBatch(catalogues, Path.Combine(folder, "manifest.json (spec)")),
                results, clock, CancellationToken.None).ConfigureAwait(false);
        }
        catch (InputException e)
        {
            throw new InputException($"{folder}: {e.Message}", e);
        }
        try
        {
            RunWhy.CheckBars(manifest, opened.Markets, Path.GetFileName(folder));
            return opened;
        }
        catch
        {
            await opened.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static int GroupOf(ChosenWalkForward opened, string strategy, string folder)
    {
        var names = opened.Groups.Select(g => g.Name).ToList();
        if (names.IndexOf(strategy) is >= 0 and var at)
            return opened.Choices[at].Any(i => i >= 0 && RecordedRuns.IsRecorded(opened.Input.Plan.Instances[i]))
                ? throw new InputException($"strategy {strategy}: its trades were recorded by another program, so that it cannot be replayed")
                : at;
        if (opened.Groups.FirstOrDefault(g => g.Members.Any(m => m.Id == strategy)) is { } owner)
            throw new InputException($"strategy {strategy}: it is a configuration among which the windows chose; ask of '{owner.Name}', and "
                + "the answer names the one that was chosen");
        var near = Spelling.Nearest(strategy, names);
        throw new InputException($"strategy {strategy}: the walk-forward {Path.GetFileName(folder)} has no strategy of this id"
            + (near is null ? $"; its first one is {names[0]}" : $"; did you mean '{near}'?"));
    }

    private static async Task<IReadOnlyDictionary<string, List<long>>> BarsOfAsync(ChosenWalkForward opened, AccountRun run)
    {
        var (markets, bars) = (opened.MarketsOf(run), new Dictionary<string, List<long>>(StringComparer.Ordinal));
        var tested = opened.Input.Windows.Skip(run.Windows.First).Take(run.Windows.Last - run.Windows.First + 1).ToList();
        foreach (var symbol in run.Strategy.Symbols)
        {
            var own = bars[symbol] = [];
            await foreach (var block in FeedBlocks.ReadAsync(markets[symbol].Series, run.Strategy.Timeframe,
                IBarSeries.DefaultBlockSize).ConfigureAwait(false))
                own.AddRange(block.Time.ToArray().Where(t => tested.Exists(w => t >= w.At && t < w.To)));
        }
        return bars;
    }

    private static void CheckTrades(string strategy, IReadOnlyList<AccountRun> runs, RunRecords records)
    {
        if (records.Entries() is not { } recorded) return;
        var again = runs.SelectMany(TradesOf).Select(t => (t.EntryTime, t.ExitTime)).Order();
        if (!recorded.Select(t => (t.Time, t.Exit)).Order().SequenceEqual(again))
            throw new InputException($"strategy {strategy}: run again, it makes other trades than the run recorded; its code has changed, so "
                + "run the walk-forward again and ask of that run");
    }

    private static IEnumerable<Trade> TradesOf(AccountRun run) => run.Events.Where(e => e.IsTradeRow).Select(e => e.Trade);

    /// <param name="source">What the answer is compared with and described by.</param>
    /// <param name="replayOf">Returns the replay of a run that keeps the bars around a time, UTC ticks; 0 = from its first bar on.</param>
    /// <exception cref="InputException">The query names something that the group does not have.</exception>
    public async Task<WhyAnswer> AnswerAsync(WhyQuery query, WhySource source, Func<int, long, Task<WhyReplay>> replayOf)
    {
        if (WhyPlace.IsSpan(query)) return await SpanAsync(query, source, replayOf).ConfigureAwait(false);
        var trade = query.Trade is { } number ? _records.TradeOf(number) : null;
        if (trade is not null) trade = trade with { Signal = SignalOf(trade) };
        var signal = trade?.Signal ?? query.Signal;
        var named = signal is { } s ? EventOf(s) : (query.At!.Value.Ticks, null);
        var place = PlaceOf(named.Time, query.Symbol ?? trade?.Symbol ?? named.Symbol, query.Step);
        source = SourceOf(source, place.Run);
        var replay = await replayOf(place.Run, 0).ConfigureAwait(false);
        var symbol = WhyPlace.SymbolOf(replay.Tape, place.Symbol);
        if (WhyPlace.RowAt(replay.Tape, symbol, place.Time, 0) is not { } row)
        {
            replay = await replayOf(place.Run, place.Time).ConfigureAwait(false);
            row = WhyPlace.RowAt(replay.Tape, symbol, place.Time, 0)!.Value;
        }
        var answer = new BarAnswer(replay, source, symbol, row).Write(WhySearch.CommandOf(query, source, place.Time));
        return answer with
        {
            Bar = answer.Bar! with { Number = place.Number, Last = place.Count - 1 },
            Trade = trade,
            Fold = FoldOf(WindowAt(place.Time)),
            Notes = [.. Closings(place), .. answer.Notes],
        };
    }

    private async Task<WhyAnswer> SpanAsync(WhyQuery query, WhySource source, Func<int, long, Task<WhyReplay>> replayOf)
    {
        var from = query.From?.Ticks ?? _windows[0].At;
        var to = query.To?.Ticks ?? _windows[^1].To;
        var at = RunOf(WindowAt(from));
        var (first, last) = (_windows[_runs[at].Windows.First], _windows[_runs[at].Windows.Last]);
        if (to > last.To)
            throw new InputException($"from and to: another configuration was chosen from {RunText.Time(last.To)} on, and a span has one; "
                + $"ask of a span from {RunText.Time(first.At)} to {RunText.Time(last.To)}, or of another");
        source = SourceOf(source, at);
        var replay = await replayOf(at, 0).ConfigureAwait(false);
        if (!replay.Tape.IsWhole || replay.Tape.FirstRow > 0) replay = await replayOf(at, from).ConfigureAwait(false);
        var tape = replay.Tape;
        if (tape.FirstRow > 0 && tape.TimeOf(tape.FirstRow) > from || !tape.IsWhole && tape.TimeOf(tape.EndRow - 1) < to)
            throw new InputException("the span has more bars than are kept in memory; ask for a shorter one");
        var answer = new SpanAnswer(replay, source, WhyPlace.SymbolOf(tape, query.Symbol)).Write(from, to,
            WhySearch.CommandOf(query, source, null));
        return answer with { Fold = FoldOf(WindowAt(from)) };
    }

    private WhySource SourceOf(WhySource source, int run) => source with { Strategy = _group, SignalsBefore = SignalsBefore(run) };

    private int SignalsBefore(int run) => _runs.Take(run).Sum(r => r.Signals);

    /// <summary>Records a run of the group, and the portfolio that followed it.</summary>
    public async Task<WhyReplay> ReplayAsync(string folder, int run, long around, GranaryCatalogues catalogues, TimeProvider clock)
    {
        await using var opened = await ChosenAsync(folder, ResultsOf(folder), catalogues, clock).ConfigureAwait(false);
        var strategy = _runs[run].Strategy;
        var pass = new StrategyPass(opened.Input.Plan, opened.MarketsOf(_runs[run]));
        PortfolioTape? portfolio = null;
        var missing = opened.PortfolioMissing;
        if (missing is null)
        {
            var groups = new List<IReadOnlyList<AccountRun>>();
            for (var g = 0; g < opened.Groups.Count; g++)
                groups.Add(opened.Groups[g].Name == _group ? _runs
                    : await opened.RunsOfAsync(g, CancellationToken.None).ConfigureAwait(false));
            await opened.FollowAsync(groups, (driver, instruments) => portfolio = new PortfolioTape(driver, strategy),
                CancellationToken.None).ConfigureAwait(false);
        }
        var same = Enumerable.Range(0, _runs.Count).Where(r => _runs[r].Strategy.Index == strategy.Index).ToList();
        var before = same.Where(r => r < run).Sum(r => _runs[r].Signals);
        var replay = await WhyReplay.OfAsync(pass, strategy, around, (portfolio, missing, before), CancellationToken.None)
            .ConfigureAwait(false);
        // The portfolio counts the signals of a strategy over all its runs, and the files those of the group.
        List<int> numbers = [.. same.SelectMany(r => Enumerable.Range(1 + SignalsBefore(r), _runs[r].Signals))];
        return replay.Checked(number => number <= numbers.Count ? _records.SignalOf(numbers[number - 1])?.Decision : null);
    }

    // The number of the signal that opened a trade.
    private int SignalOf(WhyTrade trade)
    {
        for (var r = 0; r < _runs.Count; r++)
            foreach (var e in _runs[r].Events.Where(e => e.IsTradeRow))
                if (e.Trade.EntryTime == trade.EntryTime.Ticks && e.Trade.EntryPrice == trade.EntryPrice
                    && _runs[r].Strategy.Symbols[e.SymbolIndex] == trade.Symbol && RunText.Of(e.Trade.Side) == trade.Side)
                    return e.Trade.Number + SignalsBefore(r);
        throw new InputException(string.Create(CultureInfo.InvariantCulture,
            $"trade {trade.Number}: run again, {_group} has no such trade"));
    }

    private (long Time, string? Symbol) EventOf(int signal)
    {
        var before = 0;
        foreach (var run in _runs)
        {
            var number = signal - before;
            before += run.Signals;
            if (number > run.Signals) continue;
            foreach (var e in run.Own.Events(run.Strategy.Index))
                if (e.Kind == RunEventKinds.Signal && e.Number == number)
                    return (e.Time, run.Strategy.Symbols[e.SymbolIndex]);
        }
        throw WhyText.NoSuch("signal", signal, _group, before);
    }

    // The window of a time in a test span.
    private WalkForwardWindow WindowAt(long time)
    {
        foreach (var window in _windows)
            if (time >= window.At && time < window.To)
                return window;
        throw new InputException($"at {RunText.Time(time)}: no test span of the walk-forward contains this time; its test spans are "
            + $"{Spans()}; name a time in one of them");
    }

    // Spans that follow each other are one.
    private string Spans()
    {
        List<(long From, long To)> spans = [];
        foreach (var window in _windows)
            if (spans.Count > 0 && spans[^1].To == window.At) spans[^1] = (spans[^1].From, window.To);
            else spans.Add((window.At, window.To));
        return string.Join(", ", spans.Select(s => $"{RunText.Time(s.From)} to {RunText.Time(s.To)}"));
    }

    private int RunOf(WalkForwardWindow window)
    {
        for (var r = 0; r < _runs.Count; r++)
            if (_runs[r].Windows.First <= window.Index && window.Index <= _runs[r].Windows.Last)
                return r;
        var span = $"from {RunText.Time(window.At)} to {RunText.Time(window.To)}";
        throw new InputException(_choices[window.Index].Strategy is { } chosen
            ? $"{_group}: {chosen} was chosen {span}, and did not trade: the account had no cash, or there were no bars"
            : $"{_group}: no configuration could be chosen {span}, so that nothing was traded");
    }

    private Place PlaceOf(long time, string? symbol, int step)
    {
        RunOf(WindowAt(time));
        List<(int Run, string Symbol, long Time)> bars = [.. _runs.SelectMany((run, r) =>
        {
            var own = symbol ?? run.Strategy.Symbols[0];
            return _bars[r].TryGetValue(own, out var times) ? times.Select(t => (r, own, t)) : [];
        })];
        if (bars.Count == 0)
            throw new InputException($"symbol {symbol}: {_group} trades "
                + string.Join(", ", _runs.SelectMany(r => r.Strategy.Symbols).Distinct(StringComparer.Ordinal)));
        var index = bars.FindLastIndex(b => b.Time <= time);
        if (index < 0 || RunOf(WindowAt(time)) != bars[index].Run)
            throw new InputException($"at {RunText.Time(time)}: {_group} has no bar in this test span yet; name a later time");
        var wanted = index + (long)step;
        if (wanted < 0 || wanted >= bars.Count)
            throw new InputException(string.Create(CultureInfo.InvariantCulture, $"step {step}: the bar of "
                + $"{RunText.Time(bars[index].Time)} has {index} bars before it and {bars.Count - 1 - index} after it in the test spans"));
        var found = bars[(int)wanted];
        return new Place(found.Run, found.Symbol, found.Time, wanted, bars.Count);
    }

    private WhyFold FoldOf(WalkForwardWindow window)
    {
        var choice = _choices[window.Index];
        return new WhyFold(window.Index + 1, _windows.Count, Utc(window.From), Utc(window.Learnt), Utc(window.At), Utc(window.To),
            choice.Strategy!, choice.Params!.ToDictionary(p => p.Key,
                p => Convert.ToString(p.Value, CultureInfo.InvariantCulture)!, StringComparer.Ordinal));
    }

    // Trades of the configuration before that were closed at the bar.
    private IEnumerable<string> Closings(Place place)
    {
        if (place.Run == 0) yield break;
        var before = _runs[place.Run - 1];
        var closed = TradesOf(before).Count(t => t.ExitTime == place.Time && t.Reason != ExitReason.Open);
        if (closed > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"At this bar {closed} {(closed == 1 ? "trade was" : "trades were")} ")
                + $"closed that {before.Strategy.Id}, the configuration of the fold before, had open: it was not chosen again.";
    }

    private static DateTime Utc(long ticks) => new(ticks, DateTimeKind.Utc);
}
