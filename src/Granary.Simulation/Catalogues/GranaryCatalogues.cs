using Granary.Data.Brokers;
using Granary.Data.Formats;
using Granary.Data.Sources;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Catalogues;
using Granary.Engine.Factors;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Strategies;
using Granary.Learning.ModelFiles;
using Granary.Learning.Trainers;
using Granary.Simulation.Plugins;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Catalogues;

/// <summary>
/// Everything that can be extended, as one process knows it. A host builds it once, with a <see cref="GranaryCataloguesBuilder"/>, and
/// passes it along. It never changes, so two in one process do not see each other's plug-ins.
/// </summary>
public sealed record GranaryCatalogues
{
    internal GranaryCatalogues()
    {
    }

    /// <summary>Factors, as strategies, features and regimes name them.</summary>
    public required FactorCatalogue Factors { get; init; }

    /// <summary>Strategies, by the class that a batch names.</summary>
    public required StrategyCatalogue Strategies { get; init; }

    /// <summary>Trainers of models, as the section <c>learning</c> names them.</summary>
    public required TrainerCatalogue Trainers { get; init; }

    /// <summary>Kinds of trained models, by the name in their files.</summary>
    public required ModelKindCatalogue ModelKinds { get; init; }

    /// <summary>File formats, as <c>data.format</c> names them.</summary>
    public required BarFormatCatalogue Formats { get; init; }

    /// <summary>Bar sources, by the scheme of <c>data.source</c>.</summary>
    public required BarSourceCatalogue Sources { get; init; }

    /// <summary>Bar stores, by the scheme of <c>--store</c>.</summary>
    public required BarStoreCatalogue Stores { get; init; }

    /// <summary>Live feeds, by the scheme of <c>--feed</c>.</summary>
    public required LiveFeedCatalogue LiveFeeds { get; init; }

    /// <summary>Brokers, by the name of <c>--broker</c>.</summary>
    public required BrokerCatalogue Brokers { get; init; }

    /// <summary>Rules of portfolios, by the name in <c>portfolio.limits</c>.</summary>
    public required Catalogue<PortfolioRuleDefinition> PortfolioRules { get; init; }

    /// <summary>The metrics that a run computes.</summary>
    public MetricCatalogue Metrics { get; init; } = MetricCatalogue.BuiltIn;

    /// <summary>Where the addresses in texts that are read with these catalogues may lead; null = anywhere.</summary>
    public Confinement? Confinement { get; init; }

    /// <summary>The place of a text whose relative paths start from a folder.</summary>
    public Place PlaceOf(string folder) => new(folder, Confinement);

    /// <summary>The plug-ins whose classes are in the catalogues.</summary>
    public required IReadOnlyList<Plugin> Plugins { get; init; }
}
