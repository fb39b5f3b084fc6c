using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>The factors of all strategies on one feed, each once, and their columns.</summary>
internal sealed class FactorPlan
{
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly List<FactorRequest> _requests = [];
    private readonly List<int> _firstColumn = [];
    private readonly List<Comparison> _comparisons = [];
    private readonly Dictionary<Comparison, int> _comparisonIndex = [];

    /// <summary>
    /// Makes the kernels of factors whose meaning a batch declares, as the states of its regimes; null, or null for a request, leaves it to
    /// the catalogue.
    /// </summary>
    public Func<FactorRequest, FactorKernel?>? Supply { get; init; }

    /// <summary>The columns that earlier passes over the same bars left; null where they are not kept.</summary>
    public FactorMemory? Memory { get; init; }

    /// <summary>
    /// The symbols of a joined feed, whose closes its factors may compare with; null where the feed has the symbol of its series alone.
    /// </summary>
    public IReadOnlyList<string>? Symbols { get; init; }

    public IReadOnlyList<FactorRequest> Requests => _requests;

    /// <summary>Columns of a sheet: one for each line of each request.</summary>
    public int ColumnCount { get; private set; }

    /// <summary>Adds a request unless an equal one is there.</summary>
    /// <returns>The number of its first column; its lines follow one another.</returns>
    public int Add(FactorRequest request)
    {
        if (_index.TryGetValue(request.Key, out var at)) return _firstColumn[at];
        _index.Add(request.Key, _requests.Count);
        _requests.Add(request);
        _firstColumn.Add(ColumnCount);
        ColumnCount += request.Definition.Lines.Count;
        return _firstColumn[^1];
    }

    /// <summary>The keys of a strategy's factors, in the order in which it declares them.</summary>
    public static IEnumerable<string> KeysOf(Strategies.Strategy strategy) => strategy.Factors.Select(f => f.Request.Key);

    /// <summary>The other symbols whose closes a strategy's factors read.</summary>
    /// <exception cref="ArgumentException">A factor cannot be computed over this feed.</exception>
    public static IEnumerable<string> ReferencesOf(Strategies.Strategy strategy, MarketSeries series,
        Func<FactorRequest, FactorKernel?>? supply = null) =>
        strategy.Factors.SelectMany(f => f.Request.CreateKernel(series, supply).ReferenceSymbols).Distinct(StringComparer.Ordinal);

    /// <summary>
    /// Adds a factor after a check that this feed can compute it, so an invalid factor fails its strategy and not the whole feed.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The bars are too long for it, or it compares with a symbol that the feed does not carry; one sentence.
    /// </exception>
    internal int Add(FactorRequest request, MarketSeries series) => Add(request, series, Symbols ?? [series.Instrument.Symbol]);

    /// <inheritdoc cref="Add(FactorRequest, MarketSeries)"/>
    /// <param name="symbols">Those whose closes the feed carries, its own among them.</param>
    internal int Add(FactorRequest request, MarketSeries series, IReadOnlyList<string> symbols)
    {
        if (_index.TryGetValue(request.Key, out var at)) return _firstColumn[at];
        var kernel = request.CreateKernel(series, Supply);
        if (series.Columns is { } columns
            && kernel.Columns.FirstOrDefault(c => !columns.Contains(c, StringComparer.Ordinal)) is { } missing)
            throw new InputException($"{request.Key}: {FurtherNames.Unread(series.Instrument.Symbol, missing, columns)}");
        foreach (var symbol in kernel.ReferenceSymbols)
            if (!symbols.Contains(symbol, StringComparer.Ordinal))
            {
                var near = Spelling.Nearest(symbol, symbols);
                throw new InputException($"{request.Key} compares with '{symbol}', which is not among the feed's "
                    + $"symbols {string.Join(", ", symbols)}"
                    + (near is null ? "" : $"; did you mean '{near}'?"));
            }
        return Add(request);
    }

    /// <summary>The slowest factor of a strategy, and the bars after which it has its first value; 0 without factors.</summary>
    internal (string Factor, int Bars) WarmUpOf(Strategies.Strategy strategy, MarketSeries series) =>
        strategy.Factors.Select(f => (Factor: f.Request.Key, Bars: f.Request.CreateKernel(series, Supply).WarmUpOf(f.Line)))
            .DefaultIfEmpty((Factor: "", Bars: 0)).MaxBy(f => f.Bars);

    internal int FirstColumn(int request) => _firstColumn[request];

    internal IReadOnlyList<Comparison> Comparisons => _comparisons;

    /// <summary>Adds a comparison of columns unless an equal one is there.</summary>
    /// <returns>Its number.</returns>
    internal int Add(Comparison comparison)
    {
        if (_comparisonIndex.TryGetValue(comparison, out var at)) return at;
        _comparisonIndex.Add(comparison, _comparisons.Count);
        _comparisons.Add(comparison);
        return _comparisons.Count - 1;
    }
}
