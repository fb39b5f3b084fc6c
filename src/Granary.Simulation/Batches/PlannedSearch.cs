using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Strategies;
using Granary.Learning.Search;

namespace Granary.Simulation.Batches;

/// <summary>A trial of a search: a combination that runs as a strategy of the batch.</summary>
/// <param name="Search">Position in <see cref="BatchPlan.Searches"/>.</param>
/// <param name="Point">Coordinates by dimension of the search.</param>
/// <param name="IsBlind">Whether it was proposed without knowledge of a result on later bars than a strategy would have known.</param>
internal sealed record PlannedTrial(int Search, IReadOnlyList<double> Point, bool IsBlind = true);

/// <summary>A search of a batch. A strategy with a search has one for each symbol and timeframe that the space does not vary.</summary>
/// <param name="Name">Class, symbols and timeframe; unique in the batch.</param>
/// <param name="Market">The symbol, the symbols of a multi-symbol strategy, or the symbols of the space.</param>
/// <param name="Timeframe">The timeframe if the space does not vary it.</param>
/// <param name="Seed">Seed of the method.</param>
internal sealed record PlannedSearch(string Name, StrategySpec Entry, ParameterSearchSpec Spec, IReadOnlyList<string> Market,
    Timeframe Timeframe, ulong Seed)
{
    // More texts are examined one dimension at a time.
    private const int MostExamples = 1_000;

    /// <summary>Creates the method that proposes the points.</summary>
    public ISearchMethod CreateMethod() => Spec.CreateMethod(Seed);

    /// <summary>Returns the symbols of a point.</summary>
    public IReadOnlyList<string> MarketOf(IReadOnlyList<double> point) =>
        Spec.Find(SearchTarget.Symbol) is { } symbol ? [(string)symbol.ValueOf(At(symbol, point))!] : Market;

    /// <summary>Returns the timeframe of a point.</summary>
    public Timeframe TimeframeOf(IReadOnlyList<double> point) =>
        Spec.Find(SearchTarget.Timeframe) is { } timeframe ? (Timeframe)timeframe.ValueOf(At(timeframe, point))! : Timeframe;

    /// <summary>Makes the strategy of a point. Its index is the caller's.</summary>
    /// <param name="tradeFrom">Time from which it trades, UTC ticks; 0 = from the first bar on.</param>
    public StrategyInstance InstanceOf(IReadOnlyList<double> point, int index = 0, long tradeFrom = 0)
    {
        var (arguments, trading) = (Spec.ArgumentsOf(point), Spec.TradingOf(Entry.Trading, point) with { TradeFrom = tradeFrom });
        var (market, timeframe) = (MarketOf(point), TimeframeOf(point));
        var id = StrategyId.Of(Spec.Definition, arguments, market, timeframe, trading.Sides) + (Entry.Tag is null ? "" : "#" + Entry.Tag);
        return new StrategyInstance(index, id, Spec.Definition, arguments, market, timeframe, trading);
    }

    /// <summary>
    /// Returns points that together have each symbol and timeframe of the space and each text of a parameter, which may name another
    /// symbol: what the search reads is what these points read.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<double>> Examples()
    {
        var points = new List<double[]> { FirstPoint() };
        for (var d = 0; d < Spec.Dimensions.Count; d++)
        {
            var dimension = Spec.Dimensions[d];
            var isRead = dimension.Target is SearchTarget.Symbol or SearchTarget.Timeframe
                || dimension is { Target: SearchTarget.Parameter, Choices: { } texts } && texts.Any(t => t is string);
            if (!isRead) continue;
            var values = Enumerable.Range(0, dimension.Choices!.Count);
            var varied = (long)points.Count * dimension.Choices.Count <= MostExamples ? points : [points[0]];
            points = [.. points.Union(varied.SelectMany(p => values.Select(v => With(p, d, v))).ToList(), PointComparer.Instance)];
        }
        return points;
    }

    // A point that the conditions allow.
    private double[] FirstPoint() => [.. SearchMethods.Create("random", Spec.Space, 1, 1, Seed).Next([])[0].Values];

    private static double[] With(double[] point, int dimension, int value)
    {
        double[] changed = [.. point];
        changed[dimension] = value;
        return changed;
    }

    private double At(SearchDimension dimension, IReadOnlyList<double> point)
    {
        for (var d = 0; d < Spec.Dimensions.Count; d++)
            if (ReferenceEquals(Spec.Dimensions[d], dimension)) return point[d];
        throw new ArgumentException($"the search has no dimension '{dimension.Name}'");
    }

    private sealed class PointComparer : IEqualityComparer<double[]>
    {
        public static PointComparer Instance { get; } = new();

        public bool Equals(double[]? x, double[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(double[] obj)
        {
            var hash = default(HashCode);
            foreach (var value in obj) hash.Add(value);
            return hash.ToHashCode();
        }
    }

    /// <summary>Plans the searches of a batch, in the order of its entries, then symbols, then timeframes.</summary>
    /// <param name="symbols">The data section's symbols, with "*" resolved.</param>
    /// <exception cref="InputException">A search is invalid.</exception>
    public static IReadOnlyList<PlannedSearch> Of(BatchSpec spec, IReadOnlyList<string> symbols)
    {
        var searches = new List<PlannedSearch>();
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in spec.Strategies)
        {
            if (ParameterSearchReader.Read(entry, spec.Catalogues) is not { } search) continue;
            CheckSymbols(search, symbols);
            CheckTimeframes(search, spec.Data.Timeframe);
            foreach (var market in MarketsOf(entry, search, symbols))
                foreach (var timeframe in entry.Timeframes ?? [spec.Data.Timeframe])
                {
                    var name = NameOf(entry, search, market, timeframe);
                    var times = names[name] = names.GetValueOrDefault(name) + 1;
                    searches.Add(new PlannedSearch(times > 1 ? $"{name}#{times}" : name, entry, search, market, timeframe,
                        SeedOf(spec.Seed, searches.Count)));
                }
        }
        return searches;
    }

    private static IEnumerable<IReadOnlyList<string>> MarketsOf(StrategySpec entry, ParameterSearchSpec search,
        IReadOnlyList<string> symbols) =>
        search.Find(SearchTarget.Symbol) is { } varied ? [[.. varied.Choices!.Cast<string>()]]
        : search.Definition.IsMultiSymbol ? [[.. entry.Symbols ?? symbols]]
        : (entry.Symbols ?? symbols).Select(s => (IReadOnlyList<string>)[s]);

    private static string NameOf(StrategySpec entry, ParameterSearchSpec search, IReadOnlyList<string> market, Timeframe timeframe)
    {
        var timeframes = search.Find(SearchTarget.Timeframe)?.Choices is { } several ? string.Join('|', several) : timeframe.ToString();
        return $"{search.Definition.Name}@{string.Join(search.Definition.IsMultiSymbol ? '+' : '|', market)}:{timeframes}"
            + (entry.Tag is null ? "" : "#" + entry.Tag);
    }

    private static ulong SeedOf(ulong seed, int search)
    {
        var state = seed + (ulong)search;
        return SplitMix64.Next(ref state);
    }

    private static void CheckSymbols(ParameterSearchSpec search, IReadOnlyList<string> symbols)
    {
        foreach (var symbol in search.Find(SearchTarget.Symbol)?.Choices ?? [])
            if (!symbols.Contains((string)symbol!, StringComparer.Ordinal))
                throw search.Place.Need("space").Need("symbol").Fault($"'{symbol}' is not among the data section's symbols"
                    + (Spelling.Nearest((string)symbol!, symbols) is { } near ? $"; did you mean '{near}'?" : "; add it there"));
    }

    private static void CheckTimeframes(ParameterSearchSpec search, Timeframe bars)
    {
        foreach (var timeframe in search.Find(SearchTarget.Timeframe)?.Choices ?? [])
            if (!((Timeframe)timeframe!).IsMultipleOf(bars))
                throw search.Place.Need("space").Need("timeframe")
                    .Fault($"{timeframe} bars cannot be built from the data's {bars} bars; use a multiple of it");
    }
}
