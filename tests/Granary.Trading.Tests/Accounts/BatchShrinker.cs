using System.Globalization;
using System.Text.RegularExpressions;

namespace Granary.Trading.Tests.Accounts;

/// <summary>Takes parts out of a drawn batch as long as it fails.</summary>
/// <param name="fails">Whether a batch fails in the same way. A batch that cannot be run does not.</param>
internal sealed partial class BatchShrinker(Func<DrawnBatch, Task<bool>> fails)
{
    private const int MostRuns = 400;
    private int _runs;

    /// <summary>Returns the smallest batch that was found.</summary>
    public async Task<DrawnBatch> ShrinkAsync(DrawnBatch batch)
    {
        for (var before = ""; before != $"{batch}" && _runs < MostRuns;)
        {
            before = $"{batch}";
            batch = await CapabilitiesAsync(batch);
            batch = await SymbolsAsync(batch);
            batch = await BarsAsync(batch);
            batch = await FirstBarsAsync(batch);
            batch = await ActsAsync(batch);
            batch = await OptionsAsync(batch);
        }
        return batch;
    }

    private async Task<bool> FailsAsync(DrawnBatch batch) => _runs++ < MostRuns && await fails(batch);

    private async Task<DrawnBatch> CapabilitiesAsync(DrawnBatch batch)
    {
        foreach (var capability in batch.Capabilities)
            if (batch.Without(capability) is var smaller && await FailsAsync(smaller)) batch = smaller;
        return batch;
    }

    private async Task<DrawnBatch> SymbolsAsync(DrawnBatch batch)
    {
        foreach (var symbol in batch.Bars.Keys.Where(s => s != "A"))
        {
            var smaller = batch with { Bars = batch.Bars.Where(b => b.Key != symbol).ToDictionary() };
            if (await FailsAsync(smaller)) batch = smaller;
        }
        return batch;
    }

    // Bars at the end.
    private async Task<DrawnBatch> BarsAsync(DrawnBatch batch)
    {
        // Longer bars stay whole.
        var whole = batch.Has(DrawnBatch.MoreStrategies) ? 12 : batch.Has("longer bars") ? 4 : 1;
        for (var step = batch.Bars["A"].Count / 2; step >= 1;)
        {
            var count = (batch.Bars["A"].Count - step) / whole * whole;
            var end = count > 2 ? batch.Bars["A"][count].Time : long.MinValue;
            var smaller = batch with
            {
                Bars = batch.Bars.ToDictionary(b => b.Key, b => (IReadOnlyList<Engine.Market.Bar>)[.. b.Value.Where(t => t.Time < end)]),
            };
            if (count > 2 && await FailsAsync(smaller)) batch = smaller;
            else step /= 2;
        }
        return batch;
    }

    // Bars at the start; the acts move with them.
    private async Task<DrawnBatch> FirstBarsAsync(DrawnBatch batch)
    {
        if (batch.Has("missing bars") || batch.Has("longer bars") || batch.Has(DrawnBatch.MoreStrategies)) return batch;
        for (var step = batch.Bars["A"].Count / 2; step >= 1;)
        {
            var smaller = batch with
            {
                Bars = batch.Bars.ToDictionary(b => b.Key, b => (IReadOnlyList<Engine.Market.Bar>)[.. b.Value.Skip(step)]),
                Acts = [.. batch.Acts.Select(acts => (IReadOnlyList<string>)[.. acts.Select(a => Moved(a, step)).OfType<string>()])],
            };
            if (batch.Bars["A"].Count > step + 2 && await FailsAsync(smaller)) batch = smaller;
            else step /= 2;
        }
        return batch;
    }

    private static string? Moved(string act, int bars)
    {
        var space = act.IndexOf(' ', StringComparison.Ordinal);
        var bar = int.Parse(act[..space], CultureInfo.InvariantCulture) - bars;
        return bar < 0 ? null : bar.ToString(CultureInfo.InvariantCulture) + act[space..];
    }

    private async Task<DrawnBatch> ActsAsync(DrawnBatch batch)
    {
        for (var s = 0; s < batch.Acts.Count; s++)
            for (var size = batch.Acts[s].Count; size >= 1; size /= 2)
                for (var at = 0; at < batch.Acts[s].Count;)
                {
                    var smaller = With(batch, s, [.. batch.Acts[s].Take(at), .. batch.Acts[s].Skip(at + size)]);
                    if (await FailsAsync(smaller)) batch = smaller;
                    else at += size;
                }
        return batch;
    }

    private async Task<DrawnBatch> OptionsAsync(DrawnBatch batch)
    {
        for (var s = 0; s < batch.Acts.Count; s++)
            for (var i = 0; i < batch.Acts[s].Count; i++)
                foreach (Match option in Option.Matches(batch.Acts[s][i]))
                {
                    // A manual order has no usual quantity.
                    if (batch.Acts[s][i].Contains("order-", StringComparison.Ordinal)
                        && option.Value.StartsWith(" qty", StringComparison.Ordinal)) continue;
                    var without = batch.Acts[s][i].Replace(option.Value, "", StringComparison.Ordinal);
                    var smaller = With(batch, s, [.. batch.Acts[s].Select((a, k) => k == i ? without : a)]);
                    if (await FailsAsync(smaller)) batch = smaller;
                }
        return batch;
    }

    private static DrawnBatch With(DrawnBatch batch, int strategy, IReadOnlyList<string> acts) =>
        batch with { Acts = [.. batch.Acts.Select((a, i) => i == strategy ? acts : a)] };

    [GeneratedRegex(" (close|[a-z]+=[^ ]+)")]
    private static partial Regex Option { get; }
}
