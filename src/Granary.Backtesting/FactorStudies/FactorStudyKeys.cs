using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Backtesting.FactorStudies;

/// <summary>The request of a factor study, for its command and its job.</summary>
public sealed record FactorStudyKeys
{
    [Key("The bars, as the data section of a batch.")]
    public required JsonPart Data { get; init; }

    [Key("Which symbols count when, as the universe section of a batch; null = all, always.")]
    public JsonPart? Universe { get; init; }

    [Key("The factors, such as rsi(14).")]
    public required IReadOnlyList<string> Factors { get; init; }

    [Key("Bars over which returns are taken, ascending."), Range(1, 10_000)]
    public IReadOnlyList<int> Horizons { get; init; } = [1, 5, 20];

    [Key("Groups of about equal size by the factor's value."), Range(2, 20)]
    public int Quantiles { get; init; } = 5;

    [Key("A CSV file with the columns symbol and group, and optionally from, such as sectors.", Offers = "file")]
    public Address? Group { get; init; }

    [Key("Take returns less the mean of the symbol's group.")]
    public bool GroupNeutral { get; init; }

    [Key("The price at which positions are opened and closed: close, that of the bar whose value is known, as alphalens; next-open, "
        + "that of the next bar.", Words = "close next-open")]
    public string Price { get; init; } = "close";

    [Key("Expected share of false discoveries at the most."), Range(0.0001, 0.5)]
    public double Level { get; init; } = 0.1;

    [Key("The format of the tables. parquet and arrow also have the panel: values and returns of each symbol and date.",
        Words = "csv parquet arrow")]
    public string Format { get; init; } = "csv";
}
