using Granary.Engine.Portfolio.Rules;
using Granary.Simulation.Catalogues;

namespace Granary.Backtesting.NewProjects;

/// <summary>One kind of <c>granary new</c>: which files of samples/Plugin a project is made of.</summary>
/// <param name="Kind">As the command names it: "strategy".</param>
/// <param name="Sample">The class of the sample, which gets the new name.</param>
/// <param name="SampleName">The sample's name in its catalogue; null for a strategy, whose class is its name.</param>
/// <param name="Use">A command line that uses the plug-in; {{catalogue}} stands for its name in the catalogue.</param>
/// <param name="Taken">Whether a name of the catalogue is taken.</param>
public sealed record PluginTemplate(string Kind, string Sample, string? SampleName, string Use, Func<GranaryCatalogues, string, bool> Taken)
{
    /// <summary>Further files of the tests, as they are.</summary>
    public IReadOnlyList<string> TestFiles { get; init; } = [];

    /// <summary>Whether there is a batch that runs it.</summary>
    public bool HasBatch { get; init; }

    /// <summary>All kinds, in the order in which the help lists them.</summary>
    public static IReadOnlyList<PluginTemplate> All { get; } =
    [
        new("strategy", "PullbackBuyer", null, "granary backtest batch.json --plugins plugin", (c, name) => c.Strategies.Contains(name))
        {
            HasBatch = true,
        },
        new("factor", "ClosePlace", "close-place", "granary factors compute FILE.csv --factors \"{{catalogue}}(5)\" --plugins plugin",
            (c, name) => c.Factors.Contains(name)),
        new("format", "CentsFormat", "cents",
            "granary data import FILE.csv --format {{catalogue}} --store bars --symbol S --timeframe 1d --plugins plugin",
            (c, name) => c.Formats.Contains(name)),
        new("broker", "PracticeBroker", "practice", "granary live prod.json --feed csv:bars --broker {{catalogue}} --plugins plugin",
            (c, name) => c.Brokers.Contains(name))
        {
            TestFiles = ["BrokerContractTests.cs", "VenueBehaviour.cs"],
        },
        new("trainer", "NearestMeanTrainer", "nearest-mean",
            "granary learn FEATURES.csv --label COLUMN --trainer {{catalogue}} --plugins plugin",
            (c, name) => c.Trainers.Contains(name)),
        new("rule", "QuietHours", "quietHours",
            "granary backtest batch.json --plugins plugin   # with \"limits\": { \"{{catalogue}}\": {} }",
            (c, name) => c.PortfolioRules.Contains(name) || PortfolioLimits.Keys.Contains(name, StringComparer.OrdinalIgnoreCase)),
    ];
}
