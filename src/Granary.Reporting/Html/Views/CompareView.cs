using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Views;

/// <summary>A strategy in both runs; one of the entries may be missing.</summary>
internal sealed record StrategyPair(string Id, StrategyEntry? First, StrategyEntry? Second)
{
    public long OnlyFirst { get; set; }

    public long OnlySecond { get; set; }

    public long Changed { get; set; }

    public long Same { get; set; }

    public StrategyEntry Either => First ?? Second!;
}

/// <summary>Two runs side by side. Trades are compared one strategy at a time, to limit memory.</summary>
internal sealed class CompareView
{
    private const int MostListed = 300;

    public CompareView(RunModel first, IRunEvents firstEvents, RunModel second, IRunEvents secondEvents)
    {
        (First, Second) = (first, second);
        var (names, others) = (ById(first), ById(second));
        Strategies = [.. first.Strategies.Select(s => new StrategyPair(s.Id, s, others.GetValueOrDefault(s.Id))),
            .. second.Strategies.Where(s => !names.ContainsKey(s.Id)).Select(s => new StrategyPair(s.Id, null, s))];
        foreach (var pair in Strategies) Compare(pair, firstEvents, secondEvents);
    }

    public RunModel First { get; }

    public RunModel Second { get; }

    /// <summary>Strategies in the order of the first run, then those that only the second has.</summary>
    public IReadOnlyList<StrategyPair> Strategies { get; }

    /// <summary>The first few hundred differing trades, by strategy and time.</summary>
    public List<TradePair> Different { get; } = [];

    public long Same { get; private set; }

    public long OnlyFirst { get; private set; }

    public long OnlySecond { get; private set; }

    public long Changed { get; private set; }

    /// <summary>The number of changed trades of which only the size differs.</summary>
    public long Resized { get; private set; }

    /// <summary>The number of trades of strategies that only one run has.</summary>
    public long OfOneRun { get; private set; }

    /// <summary>Whether exactly one of the runs is a live session.</summary>
    public bool IsLiveAgainstBacktest => First.IsLive != Second.IsLive;

    /// <summary>The number of strategies whose trades one of the runs does not list.</summary>
    public int NotListed { get; private set; }

    public bool SameDigest => First.Digest == Second.Digest;

    private static Dictionary<string, StrategyEntry> ById(RunModel run)
    {
        var byId = new Dictionary<string, StrategyEntry>(StringComparer.Ordinal);
        foreach (var s in run.Strategies) byId.TryAdd(s.Id, s);
        return byId;
    }

    private void Compare(StrategyPair pair, IRunEvents firstEvents, IRunEvents secondEvents)
    {
        if (!TradePair.IsComparable(pair.First, pair.Second))
        {
            NotListed++;
            return;
        }
        foreach (var trade in TradePair.Of((pair.First ?? pair.Second)!,
            pair.First is null ? [] : firstEvents.Trades(pair.First.Index),
            pair.Second is null ? [] : secondEvents.Trades(pair.Second.Index)))
        {
            switch (trade.Kind)
            {
                case TradeDifference.OnlyFirst: pair.OnlyFirst++; break;
                case TradeDifference.OnlySecond: pair.OnlySecond++; break;
                case TradeDifference.Changed:
                    pair.Changed++;
                    if (trade.IsResized) Resized++;
                    break;
                default: pair.Same++; continue;
            }
            if (Different.Count < MostListed) Different.Add(trade);
        }
        Same += pair.Same;
        if (pair.First is null || pair.Second is null) OfOneRun += pair.OnlyFirst + pair.OnlySecond;
        OnlyFirst += pair.OnlyFirst;
        OnlySecond += pair.OnlySecond;
        Changed += pair.Changed;
    }
}
