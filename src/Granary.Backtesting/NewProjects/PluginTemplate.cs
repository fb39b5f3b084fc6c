using Granary.Simulation.Catalogues;
using Granary.Simulation.Keys;

namespace Granary.Backtesting.NewProjects;

/// <summary>One kind of <c>granary new</c>, with the files of a folder of samples for its projects.</summary>
/// <param name="Kind">The kind in the command, such as "strategy".</param>
/// <param name="Sample">The sample's class, which is renamed.</param>
/// <param name="SampleName">The sample's name in its catalogue; null for a strategy, whose class name is used.</param>
/// <param name="Use">
/// Command lines that use the plug-in, and run as they are; {{catalogue}} is replaced by its name in the catalogue.
/// </param>
/// <param name="Taken">Whether a name is already used in the catalogue.</param>
internal sealed record PluginTemplate(string Kind, string Sample, string? SampleName, string Use,
    Func<GranaryCatalogues, string, bool> Taken)
{
    private const string SmaCross =
        "{ \"class\": \"SmaCross\", \"params\": { \"fast\": [5, 10], \"slow\": 50 }, \"size\": { \"percentOfEquity\": 95 } }";
    private const string Equal = "\"portfolio\": { \"weights\": \"equal\" }";

    /// <summary>The strategies of its batch; null if it has no batch.</summary>
    public string? Strategies { get; init; }

    /// <summary>Sections of its batch after the strategies.</summary>
    public string Sections { get; init; } = Equal;

    /// <summary>Whether it is a program of its own, and no plug-in.</summary>
    public bool IsProgram { get; init; }

    /// <summary>All kinds in the order of the help.</summary>
    public static IReadOnlyList<PluginTemplate> All { get; } =
    [
        new("strategy", "PullbackBuyer", null, "granary backtest batch.json --plugins plugin", (c, name) => c.Strategies.Contains(name))
        {
            Strategies = "{ \"class\": \"{{name}}\", \"params\": { \"period\": [10, 20, 50] }, \"size\": { \"percentOfEquity\": 95 } }",
        },
        new("factor", "ClosePlace", "close-place",
            Lines("granary data generate --out bars --symbols ACME --timeframe 1d",
                "granary factors compute bars/1d/ACME.csv --factors \"{{catalogue}}(5)\" --out factors.csv --plugins plugin"),
            (c, name) => c.Factors.Contains(name)),
        new("format", "CentsFormat", "cents",
            Lines("echo 10150,9900,10200,10000,500,2024-01-02 > ACME.csv",
                "granary data import ACME.csv --format {{catalogue}} --store bars --timeframe 1d --plugins plugin"),
            (c, name) => c.Formats.Contains(name)),
        new("broker", "PracticeBroker", "practice",
            Lines("granary backtest batch.json --out run",
                "granary live run/prod.json --feed \"generated:ACME,COINUSDT?from=2020-01-01&to=2021-01-01\" --broker {{catalogue}} "
                    + "--state account --without-evidence --plugins plugin"),
            (c, name) => c.Brokers.Contains(name))
        {
            Strategies = SmaCross,
        },
        new("trainer", "NearestMeanTrainer", "nearest-mean", "granary train batch.json --plugins plugin",
            (c, name) => c.Trainers.Contains(name))
        {
            Strategies = SmaCross,
            Sections = """
                "learning": {
                    "name": "gate", "trainer": "{{catalogue}}", "features": ["return(5)", "rsi(14)"],
                    "label": { "kind": "direction", "bars": 5 }, "walkForward": { "window": "expanding", "train": 400, "test": 200 },
                    "apply": { "rule": "gate", "buyAbove": 0.5, "sellBelow": 0.5 }
                  },
                """ + "  " + Equal,
        },
        new("rule", "QuietHours", "quietHours", "granary backtest batch.json --plugins plugin",
            (c, name) => RuleKeys.IsTaken(c.PortfolioRules, name))
        {
            Strategies = SmaCross,
            Sections = "\"portfolio\": { \"weights\": \"equal\", \"limits\": { \"{{catalogue}}\": {} } }",
        },
        new("study", "ParameterStudy", null, "dotnet run", (_, _) => false) { IsProgram = true },
    ];

    // Lines of a block of code.
    private static string Lines(params string[] commands) => string.Join("\n    ", commands);
}
