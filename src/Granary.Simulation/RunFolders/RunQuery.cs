using System.Collections.Frozen;
using Granary.Contracts.Runs;
using Granary.Engine;

namespace Granary.Simulation.RunFolders;

/// <summary>Query for runs, with filter and order.</summary>
/// <param name="Cursor">Id of the last run of the previous page; null = start with the first.</param>
internal sealed record RunQuery(int Limit, string? Cursor = null)
{
    private const int MostMarkets = 5;

    private static readonly FrozenDictionary<string, Comparison<RunSummary>> s_orders = new Dictionary<string, Comparison<RunSummary>>
    {
        ["name"] = (a, b) => string.Compare(a.Name, b.Name, StringComparison.OrdinalIgnoreCase),
        ["kind"] = (a, b) => string.CompareOrdinal(a.Kind, b.Kind),
        ["markets"] = (a, b) => string.CompareOrdinal(a.Markets.FirstOrDefault(), b.Markets.FirstOrDefault()),
        ["tradable"] = (a, b) => a.Tradable.CompareTo(b.Tradable),
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, Func<RunSummary, double?>> s_figures =
        new Dictionary<string, Func<RunSummary, double?>>
        {
            ["totalReturn"] = r => r.TotalReturn,
            // A portfolio with a gain that has no ratio has lost nothing.
            ["sharpe"] = r => r.Sharpe ?? (r.TotalReturn > 0 && r.MaxDrawdown == 0 ? double.PositiveInfinity : null),
            ["maxDrawdown"] = r => r.MaxDrawdown,
            ["seconds"] = r => r.Seconds,
            ["elapsedSeconds"] = r => r.ElapsedSeconds,
        }.ToFrozenDictionary();

    /// <summary>
    /// created, name, kind, markets, tradable, totalReturn, sharpe, maxDrawdown, seconds or elapsedSeconds; null = created.
    /// </summary>
    public string? Sort { get; init; }

    /// <summary>asc or desc; null = desc for created and asc for the others.</summary>
    public string? Order { get; init; }

    /// <summary>One of <see cref="RunKinds"/>; null = all.</summary>
    public string? Kind { get; init; }

    /// <summary>A symbol that the run has; null = all.</summary>
    public string? Market { get; init; }

    /// <summary>true or false; null = all.</summary>
    public string? Tradable { get; init; }

    /// <summary>A part of the name, the batch, the id, the digest or a symbol; null = all.</summary>
    public string? Search { get; init; }

    /// <summary>Returns the page of a list; null if the cursor is not in it.</summary>
    /// <param name="newestFirst">All runs, newest first. Equal runs keep this order, and undefined figures come last.</param>
    /// <exception cref="InputException">A part of the query is invalid.</exception>
    internal RunPage? Of(IReadOnlyList<RunSummary> newestFirst)
    {
        var isTradable = Choice("tradable", Tradable, "true", "false");
        Choice("kind", Kind, [.. RunKinds.All]);
        var runs = Ordered([.. newestFirst.Where(r => (Kind is null || r.Kind == Kind)
            && (isTradable is null || r.Tradable == (isTradable == "true"))
            && (Market is null || r.Markets.Contains(Market, StringComparer.OrdinalIgnoreCase)) && Has(r))]);
        var from = Cursor is null ? 0 : runs.FindIndex(r => r.Id == Cursor) + 1;
        if (from == 0 && Cursor is not null) return null;
        var page = runs.Skip(from).Take(Limit)
            .Select(r => r.Markets.Count > MostMarkets ? r with { Markets = [.. r.Markets.Take(MostMarkets)] } : r).ToList();
        return new RunPage(page, from + page.Count < runs.Count ? page[^1].Id : null, runs.Count);
    }

    private List<RunSummary> Ordered(List<RunSummary> runs)
    {
        var key = Choice("sort", Sort, ["created", .. s_orders.Keys, .. s_figures.Keys]) ?? "created";
        var isDescending = (Choice("order", Order, "asc", "desc") ?? (key == "created" ? "desc" : "asc")) == "desc";
        if (s_figures.TryGetValue(key, out var figure))
        {
            var known = runs.Where(r => figure(r) is not null);
            return [.. isDescending ? known.OrderByDescending(figure) : known.OrderBy(figure), .. runs.Where(r => figure(r) is null)];
        }
        if (key == "created")
        {
            if (!isDescending) runs.Reverse();
            return runs;
        }
        var order = Comparer<RunSummary>.Create(s_orders[key]);
        return [.. isDescending ? runs.OrderDescending(order) : runs.Order(order)];
    }

    private bool Has(RunSummary run) => string.IsNullOrWhiteSpace(Search) || Is(run.Name) || Is(run.Batch) || Is(run.Id)
        || Is(run.Digest) || run.Markets.Any(Is);

    private bool Is(string text) => text.Contains(Search!.Trim(), StringComparison.OrdinalIgnoreCase);

    private static string? Choice(string name, string? value, params string[] known) =>
        value is null || known.Contains(value, StringComparer.Ordinal) ? value
            : throw new InputException($"{name}={value}: write one of {string.Join(", ", known)}");
}
