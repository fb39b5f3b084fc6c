using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Backtesting.FactorStudies;

/// <summary>The request of a factor study.</summary>
internal sealed record FactorStudyKeys : FactorStudyOptions
{
    [Key("the bars, as the data section of a batch")]
    public required JsonPart Data { get; init; }

    [Key("which symbols count when, as the universe section of a batch", Without = "all, always")]
    public JsonPart? Universe { get; init; }
}

/// <summary>The options of a factor study, wherever it runs: its command and its job take them from here.</summary>
internal record FactorStudyOptions
{
    [Key("the factors, such as \"momentum(20);rsi(14)\"", Separator = ';')]
    public required IReadOnlyList<string> Factors { get; init; }

    [Key("bars over which returns are taken, ascending"), Range(1, 10_000)]
    public IReadOnlyList<int> Horizons { get; init; } = [1, 5, 20];

    [Key("groups of about equal size by the factor's value"), Range(2, 20)]
    public int Quantiles { get; init; } = 5;

    [Key("a CSV file with the columns symbol and group, and optionally from, such as sectors", Offers = "file")]
    public Address? Group { get; init; }

    [Key("take returns less the mean of the symbol's group")]
    public bool GroupNeutral { get; init; }

    [Key("the price at which positions are opened and closed: close, that of the bar whose value is known, as alphalens; next-open, "
        + "that of the next bar", Words = "close next-open")]
    public string Price { get; init; } = "close";

    [Key("expected share of false discoveries at the most"), Range(0.0001, 0.5)]
    public double Level { get; init; } = 0.1;

    [Key("the format of the tables; parquet and arrow also have the panel: values and returns of each symbol and date",
        Words = "csv parquet arrow")]
    public string Format { get; init; } = "csv";
}
