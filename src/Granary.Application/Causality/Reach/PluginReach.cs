using Granary.Application.Batches;
using Granary.Application.Simulation;
using Granary.Engine.Strategies;

namespace Granary.Application.Causality.Reach;

/// <summary>
/// What the strategies of a batch that are not Granary's own, the factors that they read, and its portfolio rules, reach beyond their bars.
/// </summary>
public sealed class PluginReach
{
    private readonly Dictionary<Type, IReadOnlySet<string>> _engineCalls = [];

    private PluginReach()
    {
    }

    /// <summary>How many classes were read.</summary>
    public int Classes => _engineCalls.Count;

    public IReadOnlyList<CodeReach> Found { get; private set; } = [];

    /// <summary>Whether a strategy may have orders of its own making at the market or waiting; what is Granary's own makes none.</summary>
    public bool SubmitsOrders(StrategyDefinition definition) =>
        _engineCalls.TryGetValue(definition.Type, out var calls) && calls.Any(c => c.EndsWith(".Submit", StringComparison.Ordinal));

    // Granary's own strategies and factors; they are held to the same rules by its tests.
    private static bool IsOwn(Type type) => type.Assembly == typeof(Strategy).Assembly
        || type.Assembly == typeof(Granary.Learning.Regimes.RegimeState).Assembly;

    /// <param name="chosen">Indices of the strategies that are looked at.</param>
    internal static PluginReach Of(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, IReadOnlySet<int> chosen)
    {
        var reach = new PluginReach();
        var types = new HashSet<Type>();
        foreach (var feed in plan.Feeds)
        {
            var requests = FeedFactors.RequestsOf(plan, feed, chosen, markets);
            types.UnionWith(feed.Instances.Where(i => chosen.Contains(i.Index)).Select(i => i.Definition.Type));
            types.UnionWith(requests.SelectMany(p => p).Select(r => r.Definition.Kernel));
        }
        types.UnionWith(plan.Spec.Portfolio.Limits.Rules.Select(r => r.Definition.Type));
        var found = new List<CodeReach>();
        foreach (var type in types.Where(t => !IsOwn(t)).OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            found.AddRange(CodeScan.Of(type, out var calls));
            reach._engineCalls[type] = calls;
        }
        reach.Found = found;
        return reach;
    }
}
