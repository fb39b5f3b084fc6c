using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;

namespace Granary.Simulation.RunFolders;

/// <summary>A finished run read from its folder: results and trades, without bars and signals.</summary>
internal sealed class SavedRun : IRunEvents
{
    private readonly Dictionary<string, List<Trade>> _trades;

    private SavedRun(RunModel model, Dictionary<string, List<Trade>> trades, bool hasTrades)
    {
        Model = model;
        _trades = trades;
        HasTrades = hasTrades;
    }

    public RunModel Model { get; }

    /// <summary>Whether the run wrote its trades.</summary>
    public bool HasTrades { get; }

    /// <param name="metrics">Metrics that the process knows.</param>
    /// <exception cref="InputException">The folder is no run, it has no results, or a file is damaged.</exception>
    public static SavedRun Read(string folder, MetricCatalogue metrics)
    {
        var path = Path.Combine(folder, "results.json");
        if (!File.Exists(path))
            throw new InputException($"{folder} has no results.json; name the folder of a run that has \"results\" among its outputs");
        var results = JsonPart.Parse(path, File.ReadAllBytes(path));
        var manifestPath = Path.Combine(folder, "manifest.json");
        if (!File.Exists(manifestPath)) throw new InputException($"{folder} has no manifest.json; name the folder of a run");
        var manifest = JsonPart.Parse(manifestPath, File.ReadAllBytes(manifestPath));
        var entries = results.Need("strategies").List()
            .Select((s, i) => new StrategyEntry(i, s.Need("id").String(), s.Need("class").String(),
            [.. s.Need("params").Members.Select(m => (m.Name, (object)m.Value.Text))], s.Need("symbol").String(),
            s.Need("timeframe").String(), s.Need("sides").String(),
            s.Need("weight").Number(), Statistics(s.Find("stats"), metrics), s.Find("model")?.String(), s.Find("error")?.String(),
            s.Find("symbols")?.List().Select(x => x.String()).ToList())
            {
                HasListedTrades = s.Find("tradesListed")?.Bool() ?? true,
            }).ToList();
        var portfolio = results.Need("portfolio");
        var model = new RunModel
        {
            Name = results.Need("batch").String(),
            Run = Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar)),
            Digest = results.Need("digest").String(),
            CreatedAt = new DateTime(manifest.Need("created").Time(), DateTimeKind.Utc),
            Seconds = manifest.Need("seconds").Number(),
            ElapsedSeconds = manifest.Need("elapsedSeconds").Number(),
            BarEvaluations = (long)manifest.Need("barEvaluations").Number(),
            Host = manifest.Need("host").String(),
            IsLive = File.Exists(Path.Combine(folder, RunFolder.AccountGap)),
            Interrupted = manifest.Need("status").String() == "interrupted",
            Strategies = entries,
            Metrics = metrics,
            Markets = [.. manifest.Need("data").List().Select(Market)],
            StartingCash = CashOf(Statistics(portfolio.Find("stats"), metrics), manifest.Need("spec").String()),
            Portfolio = Statistics(portfolio.Find("stats"), metrics),
            Traded = portfolio.Find("traded")?.Number(),
            Decisions = portfolio.Find("decisions")?.Members.ToDictionary(m => Decision.Of(m.Name),
                m => (long)m.Value.Number()) ?? [],
            Notes = results.Find("notes") is { } notes ? RunManifest.ReadNotes(notes) : [],
            BatchText = manifest.Need("spec").String(),
            Trials = manifest.Find("trials") is { } trials ? RunManifest.ReadTrials(trials) : null,
            Sections = [.. SectionsOf(results)],
        };
        var equity = Path.Combine(folder, "equity.csv");
        if (File.Exists(equity)) model = WithEquity(model, equity);
        var trades = Path.Combine(folder, "trades.csv");
        return new SavedRun(model, File.Exists(trades) ? TradesOf(trades, entries) : [], File.Exists(trades));
    }

    // The parts that commands show of a run that they did not make: the live session's account, choices and searches, the verdict.
    private static IEnumerable<ResultSection> SectionsOf(JsonPart results)
    {
        ResultSection?[] sections = [Section<SessionResults>(SessionResults.Key), Section<WalkForwardResults>(WalkForwardResults.Key),
            Section<ParameterSearchResults>(ParameterSearchResults.Key), ValidationReader.Read(results)];
        return sections.OfType<ResultSection>();

        T? Section<T>(string key) where T : ResultSection => results.Find(key) is { } part ? ResultSection.Read<T>(part.ToJson()) : null;
    }

    // The initial cash cannot be computed from the return of an account that lost everything, so it comes from the batch.
    private static double CashOf(MetricSet? portfolio, string spec)
    {
        if (portfolio is null) return double.NaN;
        if (portfolio.TotalReturn > -1) return portfolio.FinalEquity / (1 + portfolio.TotalReturn);
        return JsonPart.Parse("manifest.json (spec)", Encoding.UTF8.GetBytes(spec)).Find("account")?.Find("cash")?.Number()
            ?? BatchSpec.DefaultCash;
    }

    private static RunModel WithEquity(RunModel model, string path)
    {
        var recorder = new EquityRecorder();
        using var csv = new CsvReader(new StreamReader(path), CultureInfo.InvariantCulture);
        try
        {
            csv.Read();
            csv.ReadHeader();
            while (csv.Read())
            {
                var time = DateTime.Parse(csv.GetField("time")!, CultureInfo.InvariantCulture,
                    DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal).Ticks;
                recorder.Add(new EquityRow(time, Number("equity"), Number("cash"), Number("exposure"), Number("drawdown")));
            }
        }
        catch (Exception e) when (e is CsvHelperException or FormatException or ArgumentNullException)
        {
            throw new InputException($"{path}, line {csv.Parser.Row}: this is not a row of a run's equity; rebuild the run with 'granary "
                + $"backtest'", e);
        }
        return recorder.Count == 0 ? model : model with
        {
            Equity = recorder.Rows(),
            Closes = recorder.Closes(),
            WorstDrawdowns = recorder.WorstDrawdowns(),
            LongestUnderwaterDays = recorder.LongestUnderwaterDays
        };

        double Number(string column) => double.Parse(csv.GetField(column)!, NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    private static MarketEntry Market(JsonPart m) =>
        new(m.Need("symbol").String(), m.Need("timeframe").String(), (long)m.Need("bars").Number(),
        new DateTime(m.Need("first").Time(), DateTimeKind.Utc), new DateTime(m.Need("last").Time(), DateTimeKind.Utc),
        m.Need("hash").String(), [])
        {
            Zone = m.Find("zone")?.String(),
        };

    private static MetricSet? Statistics(JsonPart? part, MetricCatalogue metrics) => part is null ? null
        : metrics.Read(part.Members.ToDictionary(m => m.Name,
            m => m.Value.Kind == JsonValueKind.Number ? m.Value.Number() : double.NaN, StringComparer.Ordinal));

    private static Dictionary<string, List<Trade>> TradesOf(string path, IReadOnlyList<StrategyEntry> entries)
    {
        // Only multi-symbol strategies need the symbols; trades of other strategies have symbol index 0.
        var symbols = entries.Where(e => e.Symbols is not null).ToDictionary(e => e.Id, e => e.Symbols!, StringComparer.Ordinal);
        var byStrategy = new Dictionary<string, List<Trade>>(StringComparer.Ordinal);
        using var csv = new CsvReader(new StreamReader(path), CultureInfo.InvariantCulture);
        try
        {
            csv.Read();
            csv.ReadHeader();
            while (csv.Read())
            {
                double Number(string column) =>
                    csv.GetField(column) is { Length: > 0 } text ? double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)
                        : double.NaN;
                long Time(string column) => DateTime.Parse(csv.GetField(column)!, CultureInfo.InvariantCulture,
                    DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal).Ticks;
                var id = CsvText.Read(csv.GetField("strategy")!);
                if (!byStrategy.TryGetValue(id, out var list)) byStrategy.Add(id, list = []);
                var reason = csv.GetField("exit_reason")!;
                list.Add(new Trade(list.Count + 1, csv.GetField("side") == "long" ? Side.Buy : Side.Sell, Number("quantity"), 0,
                    Time("entry_time"), Number("entry_price"), Time("exit_time"),
                    Number("exit_price"), Number("pnl"), Number("commission"), csv.GetField<int>("bars"),
                    Enum.GetValues<ExitReason>().First(r => r.Word() == reason), Number("mae"), Number("mfe"))
                {
                    SymbolIndex = symbols.TryGetValue(id, out var own) ? IndexOf(own, CsvText.Read(csv.GetField("symbol")!)) : 0,
                    Financing = csv.TryGetField<double>("carry", out var financing) ? financing : 0,
                    RollProfit = csv.TryGetField<double>("roll_pnl", out var rolled) ? rolled : 0,
                });
            }
        }
        catch (Exception e) when (e is CsvHelperException or FormatException or ArgumentNullException or InvalidOperationException)
        {
            throw new InputException(
                $"{path}, line {csv.Parser.Row}: this is not a trade of a run; rebuild the run with 'granary backtest'", e);
        }
        return byStrategy;
    }

    private static int IndexOf(IReadOnlyList<string> symbols, string symbol)
    {
        for (var i = 0; i < symbols.Count; i++)
            if (symbols[i] == symbol)
                return i;
        throw new FormatException($"'{symbol}' is not among the strategy's symbols {string.Join(", ", symbols)}");
    }

    public IEnumerable<Trade> Trades(int strategy) => _trades.GetValueOrDefault(Model.Strategies[strategy].Id) ?? [];

    public IEnumerable<SignalRow> Signals(int strategy) => [];

    public IReadOnlyList<string> FactorNames(int strategy) => [];

    public IEnumerable<PortfolioTrade> PortfolioTrades() => [];

    public IEnumerable<(string Symbol, PortfolioFill Fill)> PortfolioFills() => [];

    public IEnumerable<(string Symbol, RollEvent Roll)> Rolls(int strategy) => [];

    public IReadOnlyList<Bar> Bars(string symbol, string timeframe, int most) => [];
}
