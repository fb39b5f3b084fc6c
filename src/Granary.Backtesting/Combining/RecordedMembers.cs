using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Backtesting.Analyze;
using Granary.Data.BarFiles;
using Granary.Data.Files;
using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Recorded;
using Granary.Simulation.TradeFiles;

namespace Granary.Backtesting.Combining;

/// <summary>
/// Adds files of trades and equity curves as members. It writes their trades, and bars for symbols without a source, to the folder of the
/// batch.
/// </summary>
/// <param name="request">The request with the folder.</param>
/// <param name="known">The symbols with bars in the portfolio, with their timeframes.</param>
internal sealed class RecordedMembers(CombineRequest request, IReadOnlyDictionary<string, Timeframe> known)
{
    private readonly List<(string Name, string Symbol, List<ReplayedTrade> Trades)> _members = [];
    private readonly SortedDictionary<string, SortedList<long, double>> _prices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Timeframe> _timeframes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _multipliers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _curves = new(StringComparer.Ordinal);

    /// <summary>Notes about the files for the reader of the run.</summary>
    public List<RunNote> Notes { get; } = [];

    /// <summary>Adds a file of trades, with one member for each strategy and symbol in it.</summary>
    /// <exception cref="InputException">The file is invalid.</exception>
    public void AddTrades(string path)
    {
        var file = TradeFile.Read(path, request.Columns, request.Symbol);
        Notes.AddRange(file.Notes.Select(n => new RunNote(NoteCode.DataFinding, n, file.OtherProfits + 1)));
        var (withoutBars, stem) = (0, NameOf(path));
        foreach (var strategy in file.Trades.GroupBy(t => t.Strategy, StringComparer.Ordinal))
        {
            var name = Unused(strategy.Key.Length > 0 ? $"{stem}-{Plain(strategy.Key)}" : stem);
            foreach (var market in strategy.GroupBy(t => t.Symbol, StringComparer.Ordinal))
            {
                var several = strategy.Select(t => t.Symbol).Distinct(StringComparer.Ordinal).Skip(1).Any();
                if (_curves.Contains(market.Key))
                    throw new InputException($"{path}: '{market.Key}' is the name of an equity curve of another member; rename its file");
                _members.Add((several ? Unused($"{name}-{Plain(market.Key)}") : name, market.Key,
                    [.. market.Select(t => new ReplayedTrade(t.Side, t.Quantity, t.EntryTime, t.EntryPrice, t.ExitTime, t.ExitPrice,
                        t.Commission, t.Reason, 0))]));
                if (file.Multipliers.TryGetValue(market.Key, out var multiplier)) _multipliers[market.Key] = multiplier;
                if (known.ContainsKey(market.Key)) continue;
                AddPrices(market.Key, [.. market.SelectMany(PricesOf)]);
                withoutBars += market.Count();
            }
        }
        if (withoutBars > 0)
            Notes.Add(new RunNote(NoteCode.DataFinding, string.Create(CultureInfo.InvariantCulture,
                $"{Path.GetFileName(path)}: {Counted.Of(withoutBars, "trade")} are valued at the prices of the trades alone, a row for "
                    + $"each day, so that drawdowns within a trade do not show; give bars with --bars."), withoutBars));
    }

    /// <summary>
    /// Adds an equity curve as a market whose price is the equity. It is sold and bought again at each month's end, so new weights
    /// take effect.
    /// </summary>
    /// <exception cref="BarDataException">The file is invalid.</exception>
    public void AddCurve(string path)
    {
        var curve = EquityCurveFile.Read(path);
        var name = Unused(NameOf(path));
        if (known.ContainsKey(name) || _prices.ContainsKey(name))
            throw new InputException($"{path}: '{name}' is a symbol of another member; rename the file");
        _curves.Add(name);
        AddPrices(name, [.. Enumerable.Range(0, curve.Count).Select(i => (curve.Times[i], curve.Values[i]))]);
        _members.Add((name, name, MonthlyTrades(curve)));
    }

    /// <summary>Writes the files of all members.</summary>
    /// <returns>The parts of the data section and the strategies of the members.</returns>
    public (List<JsonObject> Parts, List<JsonObject> Strategies) Write()
    {
        foreach (var (name, _, trades) in _members) RecordedFile.Write(RecordedFile.PathOf(request.Folder, name), trades);
        var parts = new List<JsonObject>();
        foreach (var group in _prices.GroupBy(p => _timeframes[p.Key]).OrderBy(g => g.Key.Ticks))
        {
            var source = Path.Combine(RecordedFile.Folder, group.Key.ToString());
            foreach (var (symbol, prices) in group)
                WriteBars(Path.Combine(request.Folder, source, SymbolFileName.Of(symbol) + ".csv"), group.Key,
                    _curves.Contains(symbol) ? prices : Daily(prices));
            parts.Add(new JsonObject
            {
                ["source"] = "csv:" + source,
                ["format"] = "generic",
                ["symbols"] = new JsonArray([.. group.Select(g => (JsonNode)JsonValue.Create(g.Key))]),
                ["timeframe"] = group.Key.ToString(),
                ["folder"] = request.Folder,
            });
            if (InstrumentsOf(group.Select(g => g.Key)) is { } instruments) parts[^1]["instruments"] = instruments;
        }
        var systems = _members.Select(m => m.Name).Distinct(StringComparer.Ordinal).Count();
        return (parts, [.. _members.Select((m, i) => StrategyOf(m.Name, m.Symbol, TrialsOf(i, systems)))]);
    }

    /// <summary>Returns the multipliers in trade files, for symbols with a source of bars.</summary>
    public JsonObject? InstrumentsOf(IEnumerable<string> symbols)
    {
        var instruments = new JsonObject();
        foreach (var symbol in symbols)
            if (_multipliers.TryGetValue(symbol, out var multiplier))
                instruments[symbol] = new JsonObject { ["multiplier"] = multiplier };
        return instruments.Count > 0 ? instruments : null;
    }

    private JsonObject StrategyOf(string name, string symbol, int trials) => new()
    {
        ["class"] = RecordedTrades.ClassName,
        ["params"] = new JsonObject { ["name"] = name, ["trials"] = trials },
        ["symbols"] = symbol,
        ["timeframe"] = (known.TryGetValue(symbol, out var timeframe) ? timeframe : _timeframes[symbol]).ToString(),
    };

    // The first member counts the trials of all.
    private int TrialsOf(int member, int systems)
    {
        if (request.Trials is not { } trials) return 0;
        if (trials < systems)
            throw new InputException($"--trials {trials}: the recorded members alone are {systems} systems; give the "
                + "number of all that were tried, these among them");
        return member == 0 ? trials - (systems - 1) : 1;
    }

    private static IEnumerable<(long, double)> PricesOf(RecordedTrade trade)
    {
        yield return (trade.EntryTime, trade.EntryPrice);
        if (trade.ExitTime is { } exit) yield return (exit, trade.ExitPrice);
    }

    private void AddPrices(string symbol, IReadOnlyList<(long Time, double Price)> prices)
    {
        var timeframe = TimeframeOf(prices.Select(p => p.Time));
        if (!_timeframes.TryGetValue(symbol, out var own) || timeframe.Ticks < own.Ticks) _timeframes[symbol] = timeframe;
        if (!_prices.TryGetValue(symbol, out var all)) _prices.Add(symbol, all = []);
        foreach (var (time, price) in prices.OrderBy(p => p.Time)) all[time] = price;
    }

    // The longest timeframe, at most a day, whose bar opens include all times.
    private static Timeframe TimeframeOf(IEnumerable<long> times)
    {
        var all = times.ToList();
        return Timeframe.All.Where(t => t.Ticks <= Timeframe.D1.Ticks && all.TrueForAll(time => time % t.Ticks == 0))
            .DefaultIfEmpty(Timeframe.All.MinBy(t => t.Ticks)).MaxBy(t => t.Ticks);
    }

    // Repeats the last price on each weekday without one (on each day if there are prices on a Saturday), because annualized ratios need
    // rows over the whole period.
    private static SortedList<long, double> Daily(SortedList<long, double> prices)
    {
        var hasSaturdays = prices.Keys.Any(t => new DateTime(t).DayOfWeek == DayOfWeek.Saturday);
        var all = new SortedList<long, double>(prices.Count);
        foreach (var (time, price) in prices)
        {
            if (all.Count > 0)
            {
                var last = all.Values[^1];
                for (var day = new DateTime(all.Keys[^1]).Date.AddDays(1); day < new DateTime(time).Date; day = day.AddDays(1))
                    if (hasSaturdays || day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
                        all.Add(day.Ticks, last);
            }
            all.Add(time, price);
        }
        return all;
    }

    private static void WriteBars(string path, Timeframe timeframe, SortedList<long, double> prices)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // The last price within a bar is its close.
        BarCsvWriter.Write(path, timeframe, prices.GroupBy(p => timeframe.Floor(p.Key)).Select(g => new Bar(g.Key,
            g.First().Value, g.Max(p => p.Value), g.Min(p => p.Value), g.Last().Value, 0)));
    }

    private static List<ReplayedTrade> MonthlyTrades(EquityCurve curve)
    {
        var trades = new List<ReplayedTrade>();
        var from = 0;
        for (var i = 1; i < curve.Count; i++)
        {
            var isLast = i == curve.Count - 1;
            if (!isLast && MonthOf(curve.Times[i]) == MonthOf(curve.Times[i + 1])) continue;
            if (!(curve.Values[from] > 0)) break;
            var units = BatchSpec.DefaultCash / curve.Values[0];
            // The position sold at the month's last value is bought again at the next bar's open for the same value.
            trades.Add(new ReplayedTrade(Side.Buy, units, curve.Times[from == 0 ? 0 : from + 1], curve.Values[from],
                isLast ? null : curve.Times[i + 1], isLast ? double.NaN : curve.Values[i], 0, isLast ? ExitReason.Open : ExitReason.Time,
                units * curve.Values[from]));
            from = i;
        }
        return trades;
    }

    private static int MonthOf(long ticks) => new DateTime(ticks).Year * 12 + new DateTime(ticks).Month;

    private static string NameOf(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        // Files in run folders have the same names in every run.
        return Plain(name is "trades" or "equity" or "portfolio_trades"
            ? $"{Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path)))}-{name}" : name);
    }

    private static string Plain(string text) =>
        string.Concat(text.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_'));

    private string Unused(string name)
    {
        var unused = name;
        for (var i = 2; !_names.Add(unused); i++) unused = $"{name}-{i}";
        return unused;
    }
}
