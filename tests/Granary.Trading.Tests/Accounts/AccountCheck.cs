namespace Granary.Trading.Tests.Accounts;

/// <summary>A claim about the accounts of a drawn batch.</summary>
/// <param name="Name">As the counts name it.</param>
/// <param name="Applies">Whether a batch can break it.</param>
/// <param name="CompareAsync">Returns the differences that break it.</param>
internal sealed record AccountCheck(string Name, Func<DrawnBatch, bool> Applies,
    Func<AccountHosts, DrawnBatch, Task<IReadOnlyList<Difference>>> CompareAsync)
{
    /// <summary>How many seeds a usual run draws; the long form draws forty times as many.</summary>
    public int Usual { get; init; } = 500;

    // Exact in binary, so that the amounts are the same to the last bit.
    private const double Power = 16;

    /// <summary>The portfolio has the account of the own books.</summary>
    public static AccountCheck Portfolio { get; } = new("portfolio", _ => true, async (hosts, drawn) =>
        AccountComparison.Differences(await hosts.PortfolioAsync(drawn), await hosts.OwnBooksAsync(drawn), HasOne(drawn)));

    /// <summary>A session on paper has the account of the own books.</summary>
    public static AccountCheck Paper { get; } = new("paper", _ => true, async (hosts, drawn) =>
        AccountComparison.Differences(await hosts.PaperAsync(drawn), await hosts.OwnBooksAsync(drawn), HasOne(drawn)));

    /// <summary>More money with larger lots and more volume gives more of everything, at the same prices.</summary>
    public static IReadOnlyList<AccountCheck> Scaled { get; } =
    [
        OfScale("own book of sixteen times the size", Power, (hosts, drawn) => hosts.OwnBooksAsync(drawn)),
        OfScale("portfolio of sixteen times the size", Power, (hosts, drawn) => hosts.PortfolioAsync(drawn)),
        OfScale("paper of sixteen times the size", Power, (hosts, drawn) => hosts.PaperAsync(drawn)),
        OfScale("own book of ten times the size", 10, (hosts, drawn) => hosts.OwnBooksAsync(drawn)),
        OfScale("portfolio of ten times the size", 10, (hosts, drawn) => hosts.PortfolioAsync(drawn)),
        OfScale("paper of ten times the size", 10, (hosts, drawn) => hosts.PaperAsync(drawn)),
    ];

    /// <summary>The order of strategies and symbols in the file changes nothing.</summary>
    public static IReadOnlyList<AccountCheck> Reordered { get; } =
    [
        OfOrder("own book in another order", (hosts, drawn) => hosts.OwnBooksAsync(drawn)),
        OfOrder("portfolio in another order", (hosts, drawn) => hosts.PortfolioAsync(drawn)),
        OfOrder("paper in another order", (hosts, drawn) => hosts.PaperAsync(drawn)),
    ];

    /// <summary>A session that was stopped and killed has the account of one that was not.</summary>
    public static AccountCheck Continued { get; } = new("continued session", _ => true, async (hosts, drawn) =>
    {
        var random = new Random(drawn.Seed);
        var count = drawn.Bars["A"].Count;
        var (first, isKilled) = (1 + random.Next(count), random.Next(2) == 0);
        return AccountComparison.Differences(
            await hosts.PaperAsync(drawn, (first, isKilled), (Math.Max(1, random.Next(count)), !isKilled)), await hosts.PaperAsync(drawn));
    })
    { Usual = 40 };

    /// <summary>Returns the difference that names a failure; null if the claim holds.</summary>
    /// <exception cref="Engine.InputException">The batch cannot be opened.</exception>
    public async Task<Difference?> FindAsync(AccountHosts hosts, DrawnBatch drawn)
    {
        try
        {
            return (await CompareAsync(hosts, drawn)).FirstOrDefault();
        }
        catch (Exception e) when (e is not Engine.InputException)
        {
            return new Difference($"error: {e.GetType().Name}", false, e.Message);
        }
    }

    private static bool HasOne(DrawnBatch drawn) => !drawn.Has(DrawnBatch.MoreStrategies);

    private static AccountCheck OfScale(string name, double by, Func<AccountHosts, DrawnBatch, Task<AccountRecord>> host) =>
        new(name, _ => true, async (hosts, drawn) =>
        {
            var differences = AccountComparison.Differences((await host(hosts, drawn.Scaled(by))).DividedBy(by), await host(hosts, drawn));
            return by == Power ? differences : [.. differences.Where(d => !d.IsRounding)];
        })
        { Usual = 30 };

    private static AccountCheck OfOrder(string name, Func<AccountHosts, DrawnBatch, Task<AccountRecord>> host) =>
        new(name, drawn => drawn.Has("two symbols") || !HasOne(drawn), async (hosts, drawn) =>
        {
            var reversed = drawn with { Capabilities = [.. drawn.Capabilities, new Capability(DrawnBatch.Reversed)] };
            return AccountComparison.Differences(await host(hosts, reversed), await host(hosts, drawn), HasOne(drawn));
        })
        { Usual = 100 };
}
