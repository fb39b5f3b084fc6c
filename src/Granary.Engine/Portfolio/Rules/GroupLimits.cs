using Granary.Engine.Catalogues;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>Bounds groups of instruments, such as sectors, each by itself.</summary>
[PortfolioRule("groups", "Bounds the positions in groups of symbols.", Order = 120, Refusal = "max-group",
    RefusalSentence = "The symbol's group was at its limit in limits.groups.")]
internal sealed class GroupLimits : IPortfolioRule
{
    /// <summary>By name.</summary>
    [Key("by symbols that share a limit: `{ \"tech\": { \"symbols\": [\"AAPL\", \"MSFT\"], \"maxPercent\": 30, \"maxPositions\": 2 } }`")]
    public IReadOnlyDictionary<string, PortfolioGroup> Groups { get; init; } = new Dictionary<string, PortfolioGroup>();

    public IEnumerable<string> NamedSymbols => Groups.Values.SelectMany(group => group.Symbols);

    public void Check()
    {
        foreach (var (name, group) in Groups)
            if (group is { MaxPercent: null, MaxPositions: null })
                throw new ArgumentException($"the group '{name}' has no limit; give it maxPercent, maxPositions or both");
    }

    public IReadOnlyList<IPortfolioRule> Begin(RuleContext context) =>
        [.. Groups.Select(group => new GroupLimit(group.Key, group.Value, context.Symbols))];
}
