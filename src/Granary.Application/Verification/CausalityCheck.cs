using System.Collections.Concurrent;
using Granary.Application.Batches;
using Granary.Application.Hosting;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;

namespace Granary.Application.Verification;

/// <summary>A strategy that did something else before the cut, when only what came after it was changed.</summary>
/// <param name="Cut">Open time of the first bar that was changed.</param>
public sealed record LookAhead(string Strategy, DateTime Cut, string Sentence);

/// <param name="Strategies">How many were looked at.</param>
/// <param name="Cuts">At how many points each.</param>
public sealed record CausalityResult(int Strategies, int Cuts, IReadOnlyList<LookAhead> Found)
{
    /// <summary>How many factors were looked at by themselves, value by value.</summary>
    public int Factors { get; init; }

    /// <summary>Those whose values changed; named by factor and feed.</summary>
    public IReadOnlyList<LookAhead> FactorsFound { get; init; } = [];

    public bool Passed => Found.Count == 0 && FactorsFound.Count == 0;
}

/// <summary>
/// Looks for look-ahead: replaces every bar from a random instant on by nonsense, runs again, and demands that everything
/// before the instant is the same to the bit.
/// </summary>
public static class CausalityCheck
{
    /// <param name="except">Strategies, by their indices, that are not looked at.</param>
    /// <param name="sample">How many strategies to look at, evenly over the batch.</param>
    /// <param name="cuts">How many instants.</param>
    /// <param name="factors">Whether every value of the strategies' factors is looked at too, and not only what the strategies made of them.</param>
    /// <param name="after">Bars of each market behind a cut that are still shown; null shows all. Bars come in blocks, so that those far behind a cut cannot reach what was done before it.</param>
    /// <param name="withModels">Gives the plan its models, trained on the bars at hand, so that a training that looks ahead is found too; null where none are asked.</param>
    public static async Task<CausalityResult> RunAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, IBatchHost host, int sample, int cuts, ulong seed,
        CancellationToken cancellationToken, Func<IReadOnlyDictionary<string, OpenedMarket>, Task<BatchPlan>>? withModels = null, bool factors = false, IReadOnlySet<int>? except = null, long? after = null)
    {
        withModels ??= _ => Task.FromResult(plan);
        // What failed is not looked at: it might not come back, and no limits guard it here.
        int[] eligible = [.. plan.Instances.Select(i => i.Index).Where(i => except?.Contains(i) != true)];
        var count = Math.Min(sample, eligible.Length);
        var chosen = Enumerable.Range(0, count).Select(i => eligible[(int)((long)i * eligible.Length / count)]).ToHashSet();
        var (first, last) = await SpanAsync(markets, cancellationToken);
        var random = new Random(unchecked((int)(seed ^ (seed >> 32))));
        long[] at = [.. Enumerable.Range(0, cuts).Select(_ => first + (long)((0.1 + 0.85 * random.NextDouble()) * (last - first)))];
        Dictionary<string, OpenedMarket> Changed(Func<IBarSeries, IBarSeries> change) => markets.ToDictionary(m => m.Key, m => m.Value with { Series = change(m.Value.Series) }, StringComparer.Ordinal);
        IBarSeries Until(IBarSeries series, long cut) => after is { } more ? new SeriesUntil(series, cut, more) : series;
        var shown = after is null || cuts == 0 ? markets : Changed(s => Until(s, at.Max()));
        var truth = await EventsAsync(await withModels(shown), shown, host, chosen, cancellationToken);
        var found = new List<LookAhead>();
        var poisonings = new List<(long Cut, IReadOnlyDictionary<string, OpenedMarket> Markets)>();
        for (var c = 0; c < cuts; c++)
        {
            var cut = at[c];
            var poisoned = Changed(s => new PoisonedSeries(Until(s, cut), cut, seed + (ulong)c * 7919));
            poisonings.Add((cut, poisoned));
            var other = await EventsAsync(await withModels(poisoned), poisoned, host, chosen, cancellationToken);
            foreach (var strategy in chosen.Order())
            {
                if (found.Any(f => f.Strategy == plan.Instances[strategy].Id)) continue;
                // A long bar that the cut falls into is changed from its own open on.
                var timeframe = plan.Instances[strategy].Timeframe;
                var known = timeframe == plan.Spec.Data.Timeframe ? cut : timeframe.Floor(cut);
                if (Difference(truth.GetValueOrDefault(strategy) ?? [], other.GetValueOrDefault(strategy) ?? [], known) is { } sentence)
                    found.Add(new LookAhead(plan.Instances[strategy].Id, new DateTime(cut, DateTimeKind.Utc), sentence));
            }
        }
        if (!factors) return new CausalityResult(count, cuts, found);
        var looked = await FactorCausality.RunAsync(plan, markets, chosen, poisonings, cancellationToken);
        return new CausalityResult(count, cuts, found) { Factors = looked.Factors, FactorsFound = looked.Found };
    }

    private static string? Difference(List<byte[]> truth, List<byte[]> other, long cut)
    {
        var a = new Past(truth, cut);
        var b = new Past(other, cut);
        while (true)
        {
            var (more, others) = (a.Next(out var x), b.Next(out var y));
            if (!more && !others) return null;
            if (!more) return $"it made one more {y.Kind} at {Time(y)} when only later bars were changed";
            if (!others) return $"its {x.Kind} at {Time(x)} went away when only later bars were changed";
            if (!x.SameAs(y)) return $"its {x.Kind} at {Time(x)} changed when only later bars were changed";
        }
    }

    private static string Time(in RunEvent e) => new DateTime(e.Time, DateTimeKind.Utc).ToString("yyyy-MM-dd HH:mm");

    // A strategy's events before the cut, out of the chunks that it wrote.
    private ref struct Past(List<byte[]> chunks, long cut)
    {
        private RunEventReader _reader;
        private int _next;

        public bool Next(out RunEvent e)
        {
            while (true)
            {
                while (!_reader.Next(out e, out _))
                {
                    if (_next == chunks.Count) return false;
                    _reader = new RunEventReader(chunks[_next++]);
                }
                if (e.Kind == RunEventKind.Trade && e.ToTrade().Reason == Engine.Trading.ExitReason.Open) continue;
                if (e.Kind == RunEventKind.SignalEnded && e.End == Engine.Trading.SignalEnd.Unfilled) continue;
                if (e.Time < cut) return true;
            }
        }
    }

    private static async Task<ConcurrentDictionary<int, List<byte[]>>> EventsAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, IBatchHost host,
        HashSet<int> chosen, CancellationToken cancellationToken)
    {
        var sink = new Memory();
        await host.RunAsync(plan, markets, i => chosen.Contains(i.Index), sink, withFactors: false, _ => { }, null, cancellationToken);
        return sink.Events;
    }

    private static async Task<(long First, long Last)> SpanAsync(IReadOnlyDictionary<string, OpenedMarket> markets, CancellationToken cancellationToken)
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (var market in markets.Values)
            await foreach (var block in market.Series.ReadAsync(BarBlock.MaxCount, cancellationToken))
            {
                first = Math.Min(first, block.Time[0]);
                last = Math.Max(last, block.Time[^1]);
            }
        return (first, last);
    }

    private sealed class Memory : IEventSink
    {
        public ConcurrentDictionary<int, List<byte[]>> Events { get; } = new();

        public void Append(int strategy, int chunk, ReadOnlySpan<byte> events) => Events.GetOrAdd(strategy, _ => []).Add(events.ToArray());
    }
}
