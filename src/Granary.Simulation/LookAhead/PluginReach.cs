using System.Reflection;
using System.Runtime.Loader;
using Granary.Engine.Strategies;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Plugins;

namespace Granary.Simulation.LookAhead;

/// <summary>Scans the assemblies of a batch's strategies, factors and portfolio rules, except Granary's own.</summary>
internal sealed class PluginReach
{
    private readonly Dictionary<Assembly, PluginScan> _scans;
    private readonly IReadOnlySet<Assembly> _withoutCode;

    /// <param name="chosen">Indices of the strategies that are checked.</param>
    internal PluginReach(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, IReadOnlySet<int> chosen)
    {
        var types = plan.Spec.Portfolio.Limits.Rules.Select(r => r.Definition.Type).ToHashSet();
        foreach (var feed in plan.Feeds)
        {
            types.UnionWith(feed.Instances.Where(i => chosen.Contains(i.Index)).Select(i => i.Definition.Type));
            types.UnionWith(FeedFactors.RequestsOf(plan, feed, chosen, markets).SelectMany(p => p).Select(r => r.Definition.Kernel));
        }
        var foreign = types.Select(t => t.Assembly).Distinct().Where(a => !IsOwn(a)).ToList();
        _withoutCode = foreign.Where(a => !CodeContext.HasImage(a)).ToHashSet();
        _scans = foreign.Except(_withoutCode).OrderBy(a => a.FullName, StringComparer.Ordinal)
            .ToDictionary(a => a, a => PluginScan.Of(CodeContext.ImageOf(a)));
        var plugins = _scans.Where(s => IsPlugin(s.Key)).ToList();
        Plugins = plugins.Count;
        Found = [.. plugins.SelectMany(s => s.Value.Found)];
    }

    /// <summary>Number of plug-ins scanned.</summary>
    public int Plugins { get; }

    public IReadOnlyList<CodeReach> Found { get; }

    /// <summary>Whether a class belongs neither to Granary's engine nor to its learning library.</summary>
    public static bool IsForeign(Type type) => !IsOwn(type.Assembly);

    /// <summary>Scans the plug-ins of some classes.</summary>
    public static IReadOnlyList<CodeReach> Of(IEnumerable<Type> types) =>
        [.. types.Select(t => t.Assembly).Distinct().Where(a => !IsOwn(a) && IsPlugin(a)).OrderBy(a => a.FullName, StringComparer.Ordinal)
            .SelectMany(a => PluginScan.Of(CodeContext.ImageOf(a)).Found)];

    /// <summary>
    /// Whether a strategy may submit its own orders, at the market or resting. Granary's single-symbol strategies submit none. One of a
    /// program without intermediate code may.
    /// </summary>
    public bool SubmitsOrders(StrategyDefinition definition) => _withoutCode.Contains(definition.Type.Assembly)
        || _scans.TryGetValue(definition.Type.Assembly, out var scan) && scan.SubmitsOrders;

    // Only loaded plug-ins and C# files of batches are reported. A program that hosts Granary with its own classes uses files and clocks
    // for other purposes.
    private static bool IsPlugin(Assembly assembly) => AssemblyLoadContext.GetLoadContext(assembly) is PluginContext or CodeContext;

    // Granary's own assemblies are not scanned here; its tests apply the same rules to them.
    private static bool IsOwn(Assembly assembly) => assembly == typeof(Strategy).Assembly
        || assembly == typeof(Granary.Learning.Regimes.RegimeState).Assembly || assembly == typeof(PluginReach).Assembly;
}
