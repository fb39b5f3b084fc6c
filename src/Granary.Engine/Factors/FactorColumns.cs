using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>
/// Any factors over any bars, as columns named by the texts that asked for them: what <c>factors compute</c> and a feature table are made
/// of. Equal requests are computed once. It needs the memory of one block, however many bars come.
/// </summary>
/// <example><code>
/// var columns = new FactorColumns(series, ["sma(20)", "macd(12,26,9).signal", "sma(20)@1h"], FactorCatalogue.BuiltIn);
/// foreach (var block in blocks)
/// {
///     columns.Next(block);
///     for (var i = 0; i &lt; block.Count; i++) Write(block.Time[i], columns[0][i], columns[1][i], columns[2][i]);
/// }
/// </code></example>
internal sealed class FactorColumns
{
    private readonly Computation[] _computations;
    private readonly (int Computation, int Line)[] _columns;
    private readonly string[] _referenceSymbols;
    // Null if factors see the traded prices.
    private readonly SeenPrices? _seen;
    private int _count;

    /// <param name="series">The feed's instrument and timeframe.</param>
    /// <param name="factors">As users write them, each a column.</param>
    /// <param name="catalogue">The factors that the process knows.</param>
    /// <exception cref="ArgumentException">
    /// A text is not a factor, or not one of this feed; the message says what is wrong and what is near.
    /// </exception>
    public FactorColumns(MarketSeries series, IReadOnlyList<string> factors, FactorCatalogue catalogue)
    {
        _seen = SeenPrices.Of(series.Instrument);
        Headers = [.. factors.Select(f => f.Trim())];
        var computations = new List<Computation>();
        var known = new Dictionary<FactorRequest, int>();
        _columns = new (int, int)[Headers.Count];
        for (var i = 0; i < _columns.Length; i++)
        {
            var (request, line) = catalogue.Parse(Headers[i]);
            if (!known.TryGetValue(request, out var at))
            {
                known.Add(request, at = computations.Count);
                computations.Add(new Computation(request.CreateKernel(series), request.Definition.Lines.Count));
            }
            _columns[i] = (at, line);
        }
        _computations = [.. computations];
        _referenceSymbols = [.. _computations.SelectMany(c => c.Kernel.ReferenceSymbols).Distinct(StringComparer.Ordinal)];
        foreach (var computation in _computations)
            computation.References = [.. computation.Kernel.ReferenceSymbols.Select(s => Array.IndexOf(_referenceSymbols, s))];
    }

    /// <summary>Creates columns that read no other market.</summary>
    /// <param name="place">Where the factors are written, for messages.</param>
    /// <param name="faultOf">Returns why other symbols, with commas between, cannot be read.</param>
    /// <exception cref="InputException">A text is not a factor of this feed alone.</exception>
    public static FactorColumns OfOneMarket(MarketSeries series, IReadOnlyList<string> factors, FactorCatalogue catalogue, string place,
        Func<string, string> faultOf)
    {
        try
        {
            var columns = new FactorColumns(series, factors, catalogue);
            return columns.ReferenceSymbols.Count == 0 ? columns
                : throw new InputException(faultOf(string.Join(", ", columns.ReferenceSymbols)));
        }
        catch (InputException e)
        {
            throw e.At(place);
        }
    }

    /// <summary>The texts as given, blanks around them trimmed.</summary>
    public IReadOnlyList<string> Headers { get; }

    /// <summary>Other symbols whose closes are needed, in the order in which <see cref="Next"/> takes them.</summary>
    public IReadOnlyList<string> ReferenceSymbols => _referenceSymbols;

    /// <summary>
    /// The values of a column at the bars of the last block, oldest first; NaN until warm. Overwritten by the next block.
    /// </summary>
    public ReadOnlySpan<double> this[int column] =>
        _computations[_columns[column].Computation].Lines[_columns[column].Line].AsSpan(0, _count);

    /// <summary>Computes every column over the next bars of the feed.</summary>
    /// <param name="references">
    /// For each of <see cref="ReferenceSymbols"/> its close as last known at each bar of the block; NaN before its first.
    /// </param>
    /// <exception cref="ArgumentException">A reference symbol's column is missing.</exception>
    public void Next(BarBlock block, IReadOnlyList<double[]>? references = null)
    {
        if ((references?.Count ?? 0) < _referenceSymbols.Length)
            throw new ArgumentException($"the closes of {string.Join(", ", _referenceSymbols)} are needed beside these bars",
                nameof(references));
        if (_seen is not null) block = _seen.Of(block);
        _count = block.Count;
        foreach (var computation in _computations)
        {
            var own = computation.References.Length == 0 ? null : Array.ConvertAll(computation.References, r => references![r]);
            computation.Reserve(_count);
            computation.Kernel.Process(new FactorInput(block, 0, _count, own), new FactorOutput(computation.Lines, 0, _count));
        }
    }

    /// <summary>All columns over all bars at once: [factor][bar].</summary>
    /// <inheritdoc cref="FactorColumns(MarketSeries, IReadOnlyList{string}, FactorCatalogue)"/>
    public static double[][] Compute(MarketSeries series, IEnumerable<BarBlock> blocks, IReadOnlyList<string> factors,
        FactorCatalogue catalogue)
    {
        var columns = new FactorColumns(series, factors, catalogue);
        var all = new List<double>[factors.Count];
        for (var i = 0; i < all.Length; i++) all[i] = [];
        foreach (var block in blocks)
        {
            columns.Next(block);
            for (var i = 0; i < all.Length; i++) all[i].AddRange(columns[i]);
        }
        return Array.ConvertAll(all, c => c.ToArray());
    }

    private sealed class Computation(FactorKernel kernel, int lineCount)
    {
        public FactorKernel Kernel { get; } = kernel;

        public double[][] Lines { get; } = new double[lineCount][];

        public int[] References { get; set; } = [];

        public void Reserve(int count)
        {
            for (var i = 0; i < Lines.Length; i++)
                if (Lines[i] is null || Lines[i].Length < count)
                    Lines[i] = new double[count];
        }
    }
}
