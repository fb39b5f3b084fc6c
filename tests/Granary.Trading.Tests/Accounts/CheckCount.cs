using System.Globalization;
using System.Text;

namespace Granary.Trading.Tests.Accounts;

/// <summary>Counts how many drawn batches break a claim, by kind of difference and by capability.</summary>
internal sealed class CheckCount(AccountCheck check)
{
    private readonly List<(DrawnBatch Drawn, Difference? Found)> _runs = [];

    public int Failures => _runs.Count(r => r.Found is not null);

    public int Runs => _runs.Count;

    /// <summary>The batches that break it, in the order of their seeds.</summary>
    public IEnumerable<(DrawnBatch Drawn, Difference Found)> Broken =>
        _runs.Where(r => r.Found is not null).Select(r => (r.Drawn, r.Found!));

    /// <summary>Runs the batches of some seeds.</summary>
    public async Task RunAsync(AccountHosts hosts, int first, int count)
    {
        for (var seed = first; seed < first + count; seed++)
            if (DrawnBatches.Of(seed) is var drawn && check.Applies(drawn))
                _runs.Add((drawn, await check.FindAsync(hosts, drawn)));
    }

    /// <summary>Shrinks a batch that breaks the claim; it breaks it in the same way.</summary>
    public async Task<(DrawnBatch Drawn, Difference Found)> ShrinkAsync(AccountHosts hosts, DrawnBatch drawn, Difference found)
    {
        var smallest = await new BatchShrinker(async smaller => check.Applies(smaller)
            && (await TryAsync(hosts, smaller))?.Name == found.Name).ShrinkAsync(drawn);
        return (smallest, await TryAsync(hosts, smallest) ?? found);
    }

    private async Task<Difference?> TryAsync(AccountHosts hosts, DrawnBatch drawn)
    {
        try
        {
            return await check.FindAsync(hosts, drawn);
        }
        catch (Engine.InputException)
        {
            // Without the part that was taken out, its other parts exclude one another.
            return null;
        }
    }

    /// <summary>The counts by kind of difference, and by capability how many of the batches with it break the claim.</summary>
    public string Summary()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{check.Name}: {Failures} of {Runs} batches differ");
        foreach (var kind in Broken.GroupBy(b => b.Found.Name).OrderByDescending(g => g.Count()))
            text.AppendLine(CultureInfo.InvariantCulture, $"  {kind.Count(),5} {kind.Key} (first seed {kind.First().Drawn.Seed})");
        text.AppendLine("  by capability: more than rounding, rounding, of batches with it");
        foreach (var (name, more, rounding, all) in _runs.SelectMany(r => r.Drawn.Capabilities.Select(c => (c.Name, r.Found)))
            .GroupBy(c => c.Name).Select(g => (g.Key, g.Count(c => c.Found is { IsRounding: false }),
                g.Count(c => c.Found is { IsRounding: true }), g.Count())).OrderByDescending(c => (double)c.Item2 / c.Item4))
            text.AppendLine(CultureInfo.InvariantCulture, $"  {more,5} {rounding,5} {all,5}  {100.0 * more / all,3:F0} % {name}");
        return text.ToString();
    }

    /// <summary>Shrinks all batches that differ, and counts what the smallest ones need.</summary>
    public async Task<string> CausesAsync(AccountHosts hosts, int most)
    {
        List<(string Cause, DrawnBatch Drawn, Difference Found)> causes = [];
        // Fewer of those that differ by rounding alone.
        foreach (var (drawn, found) in Broken.GroupBy(b => b.Found.Name)
            .SelectMany(g => g.Take(g.First().Found.IsRounding ? most / 4 : most)))
        {
            var (smallest, difference) = await ShrinkAsync(hosts, drawn, found);
            causes.Add(($"{difference.Name} by {CauseOf(smallest)}", smallest, difference));
        }
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"the {causes.Count} smallest batches need");
        foreach (var needed in causes.SelectMany(c => PartsOf(c.Drawn).Select(part => (part, c.Found.IsRounding))).GroupBy(n => n)
            .OrderBy(g => g.Key.IsRounding).ThenByDescending(g => g.Count()))
            text.AppendLine(CultureInfo.InvariantCulture,
                $"  {needed.Count(),5} {needed.Key.part}{(needed.Key.IsRounding ? " (rounding)" : "")}");
        foreach (var cause in causes.GroupBy(c => c.Cause).OrderByDescending(g => g.Count()))
        {
            var (_, smallest, difference) = cause.MinBy(c => $"{c.Drawn}".Length);
            text.AppendLine(CultureInfo.InvariantCulture, $"{cause.Count(),5} {check.Name}: {cause.Key}");
            var seeds = string.Join(", ", cause.Take(8).Select(c => c.Drawn.Seed));
            text.AppendLine(CultureInfo.InvariantCulture, $"      seeds {seeds}; smallest of {smallest.Seed}: {difference.Text}");
            text.AppendLine(CultureInfo.InvariantCulture, $"{smallest}");
        }
        return text.ToString();
    }

    // The capabilities and the words of the acts that are left.
    private static string CauseOf(DrawnBatch smallest) => string.Join(" + ", PartsOf(smallest));

    private static IEnumerable<string> PartsOf(DrawnBatch smallest) => smallest.Capabilities.Select(c => c.Name)
        .Concat(smallest.Acts.Take(smallest.Has(DrawnBatch.MoreStrategies) ? 3 : 1).SelectMany(a => a).SelectMany(Words).Distinct()
            .Order(StringComparer.Ordinal));

    private static IEnumerable<string> Words(string act) => act.Split(' ').Skip(2)
        .Select(word => word.StartsWith("tif", StringComparison.Ordinal) ? word : word.Split('=')[0])
        .Where(word => word is not ("buy" or "sell" or "long" or "short" or "leave" or "leave-long" or "leave-short" or "qty" or "at"));
}
