using Granary.Simulation.Catalogues;
using Granary.Simulation.Keys;

namespace Granary.Backtesting.NewProjects;

/// <summary>One kind of <c>granary new</c>, with the files of a folder of samples for its projects.</summary>
/// <param name="Kind">The kind in the command, such as "strategy".</param>
/// <param name="Sample">The sample's class, which is renamed.</param>
/// <param name="SampleName">The sample's name in its catalogue; null for a strategy, whose class name is used.</param>
/// <param name="Use">A command line that uses the plug-in; {{catalogue}} is replaced by its name in the catalogue.</param>
/// <param name="Taken">Whether a name is already used in the catalogue.</param>
public sealed record PluginTemplate(string Kind, string Sample, string? SampleName, string Use, Func<GranaryCatalogues, string, bool> Taken)
{
    /// <summary>Whether there is a batch that uses it.</summary>
    public bool HasBatch { get; init; }

    /// <summary>Whether it is a program of its own, and no plug-in.</summary>
    public bool IsProgram { get; init; }

    /// <summary>All kinds in the order of the help.</summary>
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
            (c, name) => c.Brokers.Contains(name)),
        new("trainer", "NearestMeanTrainer", "nearest-mean",
            "granary learn FEATURES.csv --label COLUMN --trainer {{catalogue}} --plugins plugin",
            (c, name) => c.Trainers.Contains(name)),
        new("rule", "QuietHours", "quietHours",
            "granary backtest batch.json --plugins plugin   # with \"limits\": { \"{{catalogue}}\": {} }",
            (c, name) => RuleKeys.IsTaken(c.PortfolioRules, name)),
        new("study", "ParameterStudy", null, "dotnet run", (_, _) => false) { IsProgram = true },
    ];
}
