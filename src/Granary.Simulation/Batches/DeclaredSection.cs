using Granary.Engine.Catalogues;
using Granary.Engine.Trading;
using Granary.Simulation.Keys;

namespace Granary.Simulation.Batches;

/// <summary>A section of a batch file.</summary>
/// <param name="Reach">What its keys change, unless one declares something else.</param>
/// <param name="Keys">The keys that are declared; the others have the reach of the section.</param>
internal sealed record DeclaredSection(string Name, KeyReach Reach, IReadOnlyList<RecordKey> Keys)
{
    /// <summary>The key of a strategy that only names it.</summary>
    public const string Tag = "tag";

    /// <summary>The key of a model that only says where its versions are kept.</summary>
    public const string Registry = "registry";

    /// <summary>Sections that may be lists, and that of the bars.</summary>
    public const string Strategies = "strategies", Learning = "learning", Data = "data";

    /// <summary>Everything that a batch file can have.</summary>
    public static IReadOnlyList<DeclaredSection> All { get; } =
    [
        new("$schema", KeyReach.Label, []),
        new("name", KeyReach.Label, []),
        new("code", KeyReach.Strategy, []),
        new(Data, KeyReach.Strategy, RecordKeys<DataKeys>.All),
        new("universe", KeyReach.Strategy, RecordKeys<UniverseKeys>.All),
        new("account", KeyReach.Strategy, RecordKeys<AccountKeys>.All),
        new("execution", KeyReach.Strategy, RecordKeys<ExecutionKeys>.All),
        new(Strategies, KeyReach.Strategy, RecordKeys<TradingSettings>.All),
        new("portfolio", KeyReach.Portfolio, RecordKeys<PortfolioKeys>.All),
        new("benchmark", KeyReach.Portfolio, []),
        new(Learning, KeyReach.Strategy, []),
        new("walkForward", KeyReach.Portfolio, []),
        new("regimes", KeyReach.Strategy, []),
        new("resampling", KeyReach.Portfolio, RecordKeys<ResamplingKeys>.All),
        new("outputs", KeyReach.Label, []),
        new("seed", KeyReach.Strategy, []),
        new("periodsPerYear", KeyReach.Portfolio, []),
    ];
}
