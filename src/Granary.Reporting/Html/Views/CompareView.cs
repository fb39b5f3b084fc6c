using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Views;

/// <summary>How a trade of one run relates to the other.</summary>
internal enum TradeDifference
{
    /// <summary>Only the first run has a trade that this strategy entered at this time on this side.</summary>
    OnlyFirst,
    OnlySecond,
    /// <summary>Both entered, but quantity, prices, exit or costs differ.</summary>
    Changed,
}

/// <summary>A trade that the two runs do not have in common.</summary>
/// <param name="First">Null where only the second run has it.</param>
internal readonly record struct DifferentTrade(string Strategy, TradeDifference Kind, Trade? First, Trade? Second)
{
    public Trade Either => First ?? Second!.Value;
}

/// <summary>A strategy in both runs; either may be missing.</summary>
internal sealed record StrategyPair(string Id, StrategyEntry? First, StrategyEntry? Second)
{
    public long OnlyFirst { get; set; }

    public long OnlySecond { get; set; }

    public long Changed { get; set; }

    public long Same { get; set; }

    public StrategyEntry Either => First ?? Second!;
}

/// <summary>Two runs side by side. Trades are compared a strategy at a time, so that only those of one are ever held.</summary>
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

    /// <summary>In the order of the first run, then those that only the second has.</summary>
    public IReadOnlyList<StrategyPair> Strategies { get; }

    /// <summary>In the order of strategies, then of time; the first few hundred.</summary>
    public List<DifferentTrade> Different { get; } = [];

    public long Same { get; private set; }

    public long OnlyFirst { get; private set; }

    public long OnlySecond { get; private set; }

    public long Changed { get; private set; }

    public bool SameDigest => First.Digest == Second.Digest;

    private static Dictionary<string, StrategyEntry> ById(RunModel run)
    {
        var byId = new Dictionary<string, StrategyEntry>(StringComparer.Ordinal);
        foreach (var s in run.Strategies) byId.TryAdd(s.Id, s);
        return byId;
    }

    private void Compare(StrategyPair pair, IRunEvents firstEvents, IRunEvents secondEvents)
    {
        var first = pair.First is null ? [] : Sorted(firstEvents.Trades(pair.First.Index));
        var second = pair.Second is null ? [] : Sorted(secondEvents.Trades(pair.Second.Index));
        int i = 0, j = 0;
        while (i < first.Count || j < second.Count)
        {
            var order = i == first.Count ? 1 : j == second.Count ? -1 : Order(first[i], second[j]);
            if (order < 0)
            {
                pair.OnlyFirst++;
                List(new DifferentTrade(pair.Id, TradeDifference.OnlyFirst, first[i++], null));
            }
            else if (order > 0)
            {
                pair.OnlySecond++;
                List(new DifferentTrade(pair.Id, TradeDifference.OnlySecond, null, second[j++]));
            }
            else
            {
                var (a, b) = (first[i++], second[j++]);
                if (IsSame(a, b))
                {
                    pair.Same++;
                    continue;
                }
                pair.Changed++;
                List(new DifferentTrade(pair.Id, TradeDifference.Changed, a, b));
            }
        }
        Same += pair.Same;
        OnlyFirst += pair.OnlyFirst;
        OnlySecond += pair.OnlySecond;
        Changed += pair.Changed;
    }

    private void List(in DifferentTrade trade)
    {
        if (Different.Count < MostListed) Different.Add(trade);
    }

    private static List<Trade> Sorted(IEnumerable<Trade> trades)
    {
        var list = trades.ToList();
        // A stable order, for several entries may share an instant.
        return [.. list.OrderBy(t => t.EntryTime).ThenBy(t => t.Side).ThenBy(t => t.Number)];
    }

    // A trade is known by when and to which side it was entered; its number shifts with every signal before it.
    private static int Order(in Trade a, in Trade b) => a.EntryTime != b.EntryTime ? a.EntryTime.CompareTo(b.EntryTime) : a.Side.CompareTo(b.Side);

    private static bool IsSame(in Trade a, in Trade b) =>
        a.Quantity == b.Quantity && a.EntryPrice == b.EntryPrice && a.ExitTime == b.ExitTime && a.ExitPrice == b.ExitPrice
        && a.Commission == b.Commission && a.Reason == b.Reason;
}
