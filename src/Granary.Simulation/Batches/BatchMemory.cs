using Granary.Data.Memory;
using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>
/// Estimates the memory that a batch needs while it runs, and refuses one that needs more than the process may use. What a batch's text
/// multiplies is known before anything is planned: strategies, the periods of their equity, and factors.
/// </summary>
/// <remarks>
/// The figures are the smallest heaps in which backtests of 10,000 to 200,000 strategies and of 1,800 factors ended. Bars are not among
/// them; their readers check the memory themselves.
/// </remarks>
internal sealed record BatchMemory
{
    // A process without a batch, one strategy with its plan, state and outcome, one period of its equity in the run and in the checks, and
    // one factor with its kernel and the values of two blocks.
    private const double OfProcess = 30e6, OfStrategy = 3_300, OfPeriod = 32, OfFactor = 24_000;

    // The time for which a bar stands at most, in its own length: a stock exchange is open for 32.5 of 168 hours.
    private const double LongestOfBar = 168 / 32.5;

    /// <summary>The number of strategies, with all trials of searches.</summary>
    public double Strategies { get; private init; }

    /// <summary>The number of factors of one symbol; each is computed once, however many strategies read it.</summary>
    public double Factors { get; private init; }

    /// <summary>The number of bytes.</summary>
    public double Bytes { get; private init; }

    /// <summary>Refuses a batch for which the process has too little memory left beside what it does already.</summary>
    /// <exception cref="ServiceUnavailableException">Too little is left now.</exception>
    public void CheckRoom()
    {
        var held = ProcessMemory.Held(Bytes);
        // The process already holds its part, and its other work may use the reserve.
        if (held + Bytes - OfProcess <= ProcessMemory.Most / ProcessMemory.Share) return;
        throw new ServiceUnavailableException(FormattableString.Invariant($"the batch makes {this}, which need about {Bytes / 1e9:0.0#} GB of ")
            + FormattableString.Invariant($"memory, and this process holds {held / 1e9:0.0#} of its ")
            + FormattableString.Invariant($"{ProcessMemory.Most / ProcessMemory.Share / 1e9:0.0#} GB for other work; run it again when there is ")
            + "less of that, make it smaller, or give the process more memory");
    }

    /// <param name="symbols">Number of symbols in the data section, or a lower bound.</param>
    /// <param name="span">Time from the first bar to the last, in ticks; 0 = the times that the batch names.</param>
    public static BatchMemory Of(BatchSpec spec, int symbols, long span = 0)
    {
        var (strategies, factors) = (0.0, 0.0);
        foreach (var entry in spec.Strategies)
        {
            strategies += CountOf(spec, entry, symbols);
            factors += FactorsOf(spec, entry);
        }
        if (span == 0 && spec.Data is { From: { } from, To: { } to }) span = to - from;
        var periods = span / (double)EquityTrace.PeriodFor(spec.Data.Timeframe, (int)Math.Min(strategies, int.MaxValue));
        return new BatchMemory
        {
            Strategies = strategies,
            Factors = factors,
            Bytes = OfProcess + strategies * (OfStrategy + periods * OfPeriod) + factors * OfFactor,
        };
    }

    /// <summary>Refuses a batch that needs more memory than the process may use.</summary>
    /// <param name="most">The number of bytes that it may use; null = <see cref="ProcessMemory.Most"/>.</param>
    /// <exception cref="InputException">The batch needs more.</exception>
    /// <inheritdoc cref="Of"/>
    public static BatchMemory Check(BatchSpec spec, int symbols, long span = 0, double? most = null)
    {
        var need = Of(spec, symbols, span);
        var limit = most ?? ProcessMemory.Most;
        if (need.Bytes <= limit) return need;
        var largest = spec.Strategies.MaxBy(s => CountOf(spec, s, symbols))!;
        // With all the factors that it has now, of which a smaller batch has fewer.
        var others = OfProcess + need.Factors * OfFactor;
        var fits = Math.Floor((limit - others) / ((need.Bytes - others) / need.Strategies));
        throw largest.Place.Fault(FormattableString.Invariant($"the batch makes {need}, which need about {need.Bytes / 1e9:0.0#} GB of ")
            + FormattableString.Invariant($"memory, and this process may use {limit / 1e9:0.0#} GB; thin out the lists ")
            + (fits >= 1 ? FormattableString.Invariant($"(about {fits:N0} strategies fit), ") : "")
            + "divide the batch, or give the process more memory");
    }

    /// <summary>Refuses a batch that needs more memory than the process may use, with the periods of its longest series.</summary>
    /// <exception cref="InputException">The batch needs more.</exception>
    public static async Task<BatchMemory> CheckAsync(BatchSpec spec, int symbols, IBarSeries series, CancellationToken cancellationToken,
        double? most = null)
    {
        var longest = series.Count * (double)series.Timeframe.Ticks * LongestOfBar;
        var need = Of(spec, symbols, (long)Math.Min(longest, DateTime.MaxValue.Ticks));
        // All bars are read only where their times decide.
        return need.Bytes <= (most ?? ProcessMemory.Most) / 4 ? need
            : Check(spec, symbols, await SpanOfAsync(series, cancellationToken), most);
    }

    private static async Task<long> SpanOfAsync(IBarSeries series, CancellationToken cancellationToken)
    {
        var (first, last) = (long.MaxValue, 0L);
        await foreach (var block in series.ReadAsync(BarBlock.MaxCount, cancellationToken))
            (first, last) = (Math.Min(first, block.Time[0]), block.Time[^1]);
        return Math.Max(1, last - first);
    }

    /// <summary>Number of strategies of an entry, with the trials of its search.</summary>
    internal static double CountOf(BatchSpec spec, StrategySpec entry, int symbols)
    {
        var isMultiSymbol = spec.Catalogues.Strategies.TryGet(entry.Class, out var definition) && definition.IsMultiSymbol;
        var count = (double)(isMultiSymbol ? 1 : entry.Symbols?.Count ?? symbols) * (entry.Timeframes?.Count ?? 1);
        foreach (var (_, values, _) in entry.Params) count *= values.Count;
        return entry.Search is null ? count : count * ParameterSearchReader.TrialsOf(entry);
    }

    // A parameter multiplies the factors that change with it. A search makes its factors round by round, so they are not counted.
    private static double FactorsOf(BatchSpec spec, StrategySpec entry)
    {
        if (entry.Search is not null || entry.Params.All(p => p.Values.Count < 2)
            || StrategyBinding.Find(entry, spec.Catalogues.Strategies) is not { } binding) return 0;
        try
        {
            return StrategyWatch.Run(entry.Class, "its constructor", () => FactorsOf(binding));
        }
        catch (Exception e) when (e is InputException or InvalidOperationException or System.Reflection.TargetInvocationException)
        {
            // The strategy alone fails later, with its reason.
            return 0;
        }
    }

    private static double FactorsOf(StrategyBinding binding)
    {
        var (definition, first, grid) = binding;
        foreach (var (at, values) in grid) first[at] = values[0];
        var keys = KeysOf(definition, first);
        var counts = new double[keys.Count];
        Array.Fill(counts, 1);
        foreach (var (at, values) in grid)
        {
            if (values.Length < 2) continue;
            var other = (object[])first.Clone();
            other[at] = values[^1];
            var changed = KeysOf(definition, other);
            for (var i = 0; i < keys.Count; i++)
                if (i >= changed.Count || changed[i] != keys[i]) counts[i] *= values.Length;
        }
        return counts.Sum();
    }

    private static List<string> KeysOf(StrategyDefinition definition, object[] arguments) =>
        [.. FactorPlan.KeysOf(definition.Create(arguments))];

    /// <summary>The numbers of strategies and, if there are many, of factors.</summary>
    public override string ToString() => FormattableString.Invariant($"{Strategies:N0} strategies")
        + (Factors >= 1000 ? FormattableString.Invariant($" with {Factors:N0} factors") : "");
}
